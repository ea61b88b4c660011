#include "extract/formats/pdf/xref_stream.hpp"

#include <string>

#include <gtest/gtest.h>

namespace ingestor::extract::pdf {
namespace {

std::string file_with(const std::string& keys) {
    return "%PDF-1.5\n1 0 obj\n<</Size 9 0 R>>\nendobj\n8 0 obj\n<</Type/XRef" + keys +
           ">>\nstream\nxxxx\nendstream\nendobj\n";
}

TEST(XrefStream, WhatTheBytesCanHoldMayBeDeclared) {
    EXPECT_FALSE(declares_too_many_objects(file_with("/Size 500000/W[1 2 1]")));
    EXPECT_FALSE(declares_too_many_objects(file_with("/W [1 2 1] /Index [0 9 400000 9]/Size 9")));
    EXPECT_FALSE(declares_too_many_objects(file_with("/Size 99999999")))
        << "an attached file says its size as well";
    EXPECT_FALSE(declares_too_many_objects(""));
    EXPECT_FALSE(declares_too_many_objects("stream"));
}

TEST(XrefStream, MoreThanTheBytesCanHoldMayNot) {
    for (const char* const keys :
         {"/Size 501000/W[1 2 1]", "/W[1 2 1]/Size\n99999999999999999999",
          "/Size 9/W[1 2 1]/Index[0 501000]", "/W[1 2 1]/Index [ 0 1 400000 200000 ]",
          "/#53ize 8000000/#57[1 2 1]"}) {
        EXPECT_TRUE(declares_too_many_objects(file_with(keys))) << keys;
    }
}

TEST(XrefStream, LargeFilesMayDeclareMore) {
    const std::string file = file_with("/Size 900000/W[1 2 1]");
    EXPECT_TRUE(declares_too_many_objects(file));
    EXPECT_FALSE(declares_too_many_objects(file + std::string(500'000, ' ')));
}

}  // namespace
}  // namespace ingestor::extract::pdf
