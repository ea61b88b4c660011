#include "extract/pipeline/tokens.hpp"

#include <algorithm>
#include <string>

#include <gtest/gtest.h>

#include "extract/text/encoding_samples.hpp"

namespace ingestor::extract::pipeline {
namespace {

using namespace std::string_view_literals;

/// A text and what the two tokenisers make of it, counted with tiktoken.
struct TokenCase {
    const char* name;
    const char* language;  ///< BCP 47.
    std::uint32_t cl100k, o200k;
    std::string_view text;  ///< Empty: the sample of that name.
};

constexpr TokenCase kTexts[] = {
    {"German", "de", 58, 44, {}},
    {"French", "fr", 69, 58, {}},
    {"Spanish", "es", 58, 51, {}},
    {"Portuguese", "pt", 49, 37, {}},
    {"Italian", "it", 55, 47, {}},
    {"Swedish", "sv", 60, 51, {}},
    {"Danish", "da", 57, 48, {}},
    {"Icelandic", "is", 70, 49, {}},
    {"Finnish", "fi", 65, 52, {}},
    {"Polish", "pl", 84, 74, {}},
    {"Czech", "cs", 83, 68, {}},
    {"Hungarian", "hu", 76, 65, {}},
    {"Romanian", "ro", 59, 55, {}},
    {"Croatian", "hr", 69, 55, {}},
    {"Turkish", "tr", 71, 50, {}},
    {"Lithuanian", "lt", 82, 60, {}},
    {"Latvian", "lv", 77, 53, {}},
    {"Estonian", "et", 54, 42, {}},
    {"Russian", "ru", 103, 60, {}},
    {"Ukrainian", "uk", 90, 50, {}},
    {"Bulgarian", "bg", 73, 47, {}},
    {"Greek", "el", 148, 61, {}},
    {"Hebrew", "he", 145, 57, {}},
    {"Arabic", "ar", 98, 50, {}},
    {"Thai", "th", 163, 76, {}},
    {"Japanese", "ja", 94, 64, {}},
    {"SimplifiedChinese", "zh", 71, 47, {}},
    {"TraditionalChinese", "zh-Hant", 87, 54, {}},
    {"Korean", "ko", 104, 62, {}},
    {"English", "en", 47, 44, {}},
    {"Hindi", "hi", 130, 38,
     "सभी मनुष्यों को गौरव और अधिकारों के मामले में जन्मजात स्वतन्त्रता और समानता प्राप्त है। उन्हें बुद्धि और अन्तरात्मा की देन प्राप्त है।"sv},
    {"Bengali", "bn", 121, 28,
     "সমস্ত মানুষ স্বাধীনভাবে সমান মর্যাদা এবং অধিকার নিয়ে জন্মগ্রহণ করে। তাঁদের বিবেক এবং বুদ্ধি আছে।"sv},
    {"Tamil", "ta", 136, 33,
     "மனிதப் பிறவியினர் சகலரும் சுதந்திரமாகவே பிறக்கின்றனர்; அவர்கள் மதிப்பிலும் உரிமைகளிலும் சமமானவர்கள்."sv},
    {"Telugu", "te", 151, 38,
     "ప్రతిపత్తిస్వత్వముల విషయమున మానవులెల్లరును జన్మతః స్వతంత్రులును సమానులును నగుదురు."sv},
    {"Gujarati", "gu", 127, 28,
     "પ્રતિષ્ઠા અને અધિકારોની દૃષ્ટિએ સર્વ માનવો જન્મથી સ્વતંત્ર અને સમાન હોય છે."sv},
    {"Georgian", "ka", 144, 21,
     "ყველა ადამიანი იბადება თავისუფალი და თანასწორი თავისი ღირსებითა და უფლებებით."sv},
    {"Armenian", "hy", 150, 22,
     "Բոլոր մարդիկ ծնվում են ազատ ու հավասար իրենց արժանապատվությամբ ու իրավունքներով։"sv},
    {"Amharic", "am", 104, 79, "የሰው ልጅ ሁሉ ሲወለድ ነጻና በክብርና በመብትም እኩልነት ያለው ነው።"sv},
    {"Khmer", "km", 125, 44, "មនុស្សទាំងអស់កើតមកមានសេរីភាព និងសមភាពក្នុងផ្នែកសេចក្ដីថ្លៃថ្នូរ និងសិទ្ធិ។"sv},
    {"Burmese", "my", 224, 63,
     "လူတိုင်းသည် တူညီလွတ်လပ်သော ဂုဏ်သိက္ခာဖြင့် လည်းကောင်း၊ တူညီလွတ်လပ်သော အခွင့်အရေးများဖြင့် မွေးဖွားလာသူများဖြစ်သည်။"sv},
    {"Lao", "lo", 141, 127, "ມະນຸດທຸກຄົນເກີດມາມີກຽດສັກສີ, ສິດທິ, ເສລີພາບແລະຄວາມສະເໝີພາບເທົ່າທຽມກັນ."sv},
    {"Kazakh", "kk", 70, 24,
     "Барлық адамдар тумысынан азат және қадір-қасиеті мен құқықтары тең болып дүниеге келеді."sv},
    {"Mongolian", "mn", 67, 28,
     "Хүн бүр төрж мэндлэхэд эрх чөлөөтэй, адилхан нэр төртэй, ижил эрхтэй байдаг."sv},
    {"Persian", "fa", 53, 22,
     "تمام افراد بشر آزاد به دنیا می‌آیند و از لحاظ حیثیت و حقوق با هم برابرند."sv},
    {"Urdu", "ur", 90, 27,
     "تمام انسان آزاد اور حقوق و عزت کے اعتبار سے برابر پیدا ہوئے ہیں۔ انہیں ضمیر اور عقل ودیعت ہوئی ہے۔"sv},
    {"Vietnamese", "vi", 38, 22,
     "Tất cả mọi người sinh ra đều được tự do và bình đẳng về nhân phẩm và quyền lợi."sv},
    {"Swahili", "sw", 37, 27,
     "Watu wote wamezaliwa huru, hadhi na haki zao ni sawa. Wote wamejaliwa akili na dhamiri."sv},
    {"Yoruba", "yo", 45, 33, "Gbogbo ènìyàn ni a bí ní òmìnira; iyì àti ẹ̀tọ́ kọ̀ọ̀kan sì dọ́gba."sv},
    {"Hawaiian", "haw", 59, 40,
     "Hānau kūʻokoʻa ʻia nā kānaka apau loa, a ua kau like ka hanohano a me nā pono kīvila ma luna o kākou pākahi."sv},
    {"Yiddish", "yi", 70, 26, "יעדער מענטש װערט געבױרן פֿרײַ און גלײַך אין כּבֿוד און רעכט."sv},
    {"Tibetan", "bo", 123, 87, "འགྲོ་བ་མིའི་རིགས་རྒྱུད་ཡོངས་ལ་སྐྱེས་ཙམ་ཉིད་ནས་ཆེ་མཐོངས་དང༌།"sv},
};

/// What stands beside words in documents.
constexpr TokenCase kOtherThanWords[] = {
    {"UUIDs", "", 147, 147,
     "3f2b8c1e-9a4d-4e6f-8b7a-0c1d2e3f4a5b\n3f2b8c1e-9a4d-4e6f-8b7a-0c1d2e3f4a5b\n3f2b8c1e-9a4d-4e6f-8b7a-0c1d2e3f4a5b\n3f2b8c1e-9a4d-4e6f-8b7a-0c1d2e3f4a5b"sv},
    {"Table", "", 45, 45,
     "| 12.50 | 1,204.75 | -0.031 |\n| 7.25 | 98.10 | 0.400 |\n| 1023 | 55 | 6 |\n"sv},
    {"Times", "", 28, 28, "2024-03-17T08:15:00Z\n2023-11-02T23:59:59Z\n"sv},
    {"Code", "", 32, 31,
     "for (const auto& [key, value] : table) {\n    if (value.size() > kLimit) return std::nullopt;\n}\n"sv},
    {"Capitals", "", 14, 13, "THE QUICK BROWN FOX JUMPS OVER THE LAZY DOG"sv},
    {"Links", "", 26, 26,
     "[the report](https://www.example.org/reports/2024/q3?id=7731&lang=en#summary)"sv},
    {"Base64", "", 49, 48,
     "SGVsbG8gV29ybGQhIFRoaXMgaXMgYSB0ZXN0IG9mIGJhc2U2NA0KZm9yIHRva2Vucw=="sv},
    {"Hexadecimal", "", 43, 43,
     "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"sv},
    {"Emoji", "", 41, 23, "😀🎉🚀👍🏽❤️🔥✅🇩🇪👨‍👩‍👧"sv},
    {"Formula", "", 38, 37, "∀x∈ℝ: x² + ∑ᵢ αᵢ·βᵢ ≠ ∞ ⇒ √2 ≈ 1.414"sv},
    {"Escapes", "", 17, 19, "\\*bold\\* \\_x\\_ \\[a\\]\\(b\\)"sv},
    {"Contents", "", 30, 30,
     "1.1 Introduction . . . . . . . . 5\n1.2 Methods . . . . . . . . 12\n"sv},
    {"NamesInTraditionalChinese", "", 56, 33,
     "阿拉伯語 阿爾及利亞式阿拉伯語 阿斯圖里亞斯語 亞塞拜然語 保加利亞語"sv},
    {"NamesInSimplifiedChinese", "", 49, 27,
     "南非荷兰语 阿拉伯语 阿尔及利亚的阿拉伯语 阿塞拜疆语 白俄罗斯语"sv},
    {"RareIdeographs", "", 22, 17, "儀嘀婀鱻麤龘靐齉"sv},
    {"NamesInJapanese", "", 27, 20, "茨城県 群馬県 埼玉県 滋賀県 兵庫県"sv},
    {"CyrillicCapitals", "", 31, 19, "ВСЕ ЛЮДИ РОЖДАЮТСЯ СВОБОДНЫМИ"sv},
    {"GreekCapitals", "", 49, 23, "ΟΛΟΙ ΟΙ ΑΝΘΡΩΠΟΙ ΓΕΝΝΙΟΥΝΤΑΙ"sv},
};

std::string_view text_of(const TokenCase& row) {
    if (!row.text.empty()) return row.text;
    return std::ranges::find(text::kLanguageSamples, std::string_view(row.name),
                             [](const text::LanguageSample& sample) { return sample.language; })
        ->text;
}

class Tokens : public testing::TestWithParam<TokenCase> {};

TEST_P(Tokens, AreAtLeastWhatTokenisersCount) {
    const TokenCase& row = GetParam();
    EXPECT_GE(estimate_tokens(text_of(row), words_of(row.language)),
              std::max(row.cl100k, row.o200k));
}

TEST_P(Tokens, AreNotMoreThanTwiceThat) {
    const TokenCase& row = GetParam();
    EXPECT_LE(estimate_tokens(text_of(row), words_of(row.language)),
              2 * std::max(row.cl100k, row.o200k));
}

constexpr auto kName = [](const auto& row) { return std::string(row.param.name); };
INSTANTIATE_TEST_SUITE_P(Texts, Tokens, testing::ValuesIn(kTexts), kName);
INSTANTIATE_TEST_SUITE_P(OtherThanWords, Tokens, testing::ValuesIn(kOtherThanWords), kName);

TEST(TokenCounter, CountsByRuns) {
    EXPECT_EQ(estimate_tokens("", Words::english), 0U);
    EXPECT_EQ(estimate_tokens("word", Words::english), 1U);
    EXPECT_EQ(estimate_tokens("123456", Words::english), 2U);
    EXPECT_EQ(estimate_tokens("-----", Words::english), 2U);
    EXPECT_EQ(estimate_tokens("\U0001F600", Words::english), 4U) << "a token for each byte";
}

TEST(TokenCounter, TextPutTogetherIsNoMoreThanItsParts) {
    std::string together;
    std::uint32_t parts = 0;
    for (const text::LanguageSample& sample : text::kLanguageSamples) {
        together += sample.text;
        parts += estimate_tokens(sample.text, Words::other);
    }
    EXPECT_LE(estimate_tokens(together, Words::other), parts);
}

}  // namespace
}  // namespace ingestor::extract::pipeline
