// Carries precompiled.hpp, which other targets share.
