#include "extract/text/common_characters.hpp"

#include <algorithm>
#include <memory>
#include <string_view>

#include <unicode/ulocdata.h>
#include <unicode/uset.h>

namespace ingestor::extract::text {
namespace {

/// In the order of their codes. There are 11,172, and 2,350 of them in the encodings of the time
/// before Unicode.
constexpr std::u32string_view kCommonSyllables =
    U"가각간감값강같개거것게겠결경계고공과관교구국군권그금급기까나날남내네년는니님다단"
    U"당대데도동되될두드든들등때라러럼려력로록료를리마만말며면명모무문물미민반발방번법"
    U"보부북분비사산상생서선설성세소수스습시식신실심아안았야양어업었에여연오온왔요용우"
    U"원월위유육으은을음의이인일입있자장재저적전정제조주중지진차처체출태터통트파표품하"
    U"학한할합해했행형호화회후히";
static_assert(std::ranges::is_sorted(kCommonSyllables));

using Characters = std::unique_ptr<USet, decltype(&uset_close)>;

Characters load_ideographs() {
    Characters all(uset_openEmpty(), uset_close);
    for (const char* locale : {"zh", "zh_Hant", "ja"}) {
        UErrorCode status = U_ZERO_ERROR;
        const std::unique_ptr<ULocaleData, decltype(&ulocdata_close)> data(
            ulocdata_open(locale, &status), ulocdata_close);
        if (U_FAILURE(status)) continue;
        const Characters set(
            ulocdata_getExemplarSet(data.get(), nullptr, 0, ULOCDATA_ES_STANDARD, &status),
            uset_close);
        if (U_SUCCESS(status)) uset_addAll(all.get(), set.get());
    }
    uset_removeAllStrings(all.get());
    uset_freeze(all.get());
    return all;
}

}  // namespace

bool is_common_ideograph(char32_t c) {
    static const Characters kIdeographs = load_ideographs();
    return uset_contains(kIdeographs.get(), static_cast<UChar32>(c)) != 0;
}

bool is_common_syllable(char32_t c) {
    return std::ranges::binary_search(kCommonSyllables, c);
}

}  // namespace ingestor::extract::text
