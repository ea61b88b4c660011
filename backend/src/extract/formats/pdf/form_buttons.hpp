#pragma once

#include <vector>

#include "extract/formats/pdf/page.hpp"

class Annot;
class Page;

namespace ingestor::extract::pdf {

/// A check box or radio button of a form.
struct FormButton {
    Box box;
    bool on = false;
};

/// True for a check box or radio button, whose state says more than its looks.
[[nodiscard]] bool is_state_button(const Annot& annotation);

/// The buttons of a page that are to be seen, in points from its top left; `matrix` is the page's
/// default transformation.
[[nodiscard]] std::vector<FormButton> buttons_of(::Page& source, const double* matrix);

/// Puts a box, ticked or empty, before or behind the words that each button belongs to; one without
/// any stands alone.
void place_buttons(const std::vector<FormButton>& buttons, Page& page);

}  // namespace ingestor::extract::pdf
