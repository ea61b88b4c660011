#pragma once

#include <string_view>

namespace ingestor::extract::text {

/// A text of a language, and the encodings that it was written in before Unicode: ICU's names,
/// parted by blanks. Each has two sentences or more, with the punctuation that people type.
struct LanguageSample {
    const char* language;
    const char* tag;  ///< BCP 47.
    const char* encodings;
    std::string_view text;
};

inline constexpr LanguageSample kLanguageSamples[] = {
    {"German", "de",
     "windows-1252 iso-8859-1 iso-8859-15 windows-1250 ibm-850 ibm-437 macos-0_2-10.2 ibm-273 "
     "ibm-37",
     "Die Geschäftsführung beschließt über die Höhe der Vergütung. Für Rückfragen stehen wir Ihnen "
     "gern zur Verfügung; die Öffnungszeiten finden Sie auf der nächsten Seite.\n"
     "Mit freundlichen Grüßen\nJürgen Müller, Köln\n"},
    {"French", "fr", "windows-1252 iso-8859-1 ibm-850 ibm-437 macos-0_2-10.2 ibm-297 ibm-500",
     "Les élèves français sont allés à la forêt, où ils ont mangé. Ça ne s'est pas passé comme "
     "prévu : "
     "le garçon a été très déçu par la réponse du maître.\nVeuillez agréer nos salutations "
     "distinguées.\nHélène Lefèvre, à Besançon\n"},
    {"Spanish", "es", "windows-1252 iso-8859-1 ibm-850 ibm-437 macos-0_2-10.2 ibm-284",
     "¿Dónde está la estación de autobuses? El año pasado vivía en España con mi compañero, que "
     "era "
     "médico. Mañana por la mañana comenzará la reunión.\n¡Qué día más bonito! El niño comió "
     "también un plátano.\n"},
    {"Portuguese", "pt", "windows-1252 iso-8859-1 ibm-850 ibm-860 macos-0_2-10.2",
     "A reunião começa às três horas. Não há informações sobre a situação da população nesta "
     "região, mas os órgãos públicos já estão a trabalhar.\nAtenção: é proibido estacionar.\n"},
    {"Italian", "it", "windows-1252 iso-8859-1 ibm-850 macos-0_2-10.2 ibm-280",
     "La città è più bella di quanto credessi, perché c'è molta libertà. Però non si può visitare "
     "il "
     "museo il lunedì: sarà chiuso anche martedì.\nCosì è la vita, disse Niccolò.\n"},
    {"Swedish", "sv", "windows-1252 iso-8859-1 ibm-850 ibm-437 macos-0_2-10.2 ibm-278",
     "Vi måste åka till sjön på lördag, för då är vädret bättre. Många människor läser böcker på "
     "tåget när de åker till sina arbeten.\nHälsningar från Malmö, Åsa Öberg\n"},
    {"Danish", "da", "windows-1252 iso-8859-1 ibm-850 ibm-865 macos-0_2-10.2 ibm-277",
     "Rødgrød med fløde er en dansk ret, som mange gæster har svært ved at sige. Det går nok, når "
     "man øver sig en måned.\nVenlig hilsen, Søren Kjær fra Århus\n"},
    {"Icelandic", "is", "windows-1252 iso-8859-1 ibm-850 ibm-861",
     "Það er gott að búa á Íslandi þótt veðrið sé oft vont. Allir menn eru bornir frjálsir og "
     "jafnir "
     "öðrum að virðingu og réttindum.\nÞórður Æsgeirsson\n"},
    {"Finnish", "fi", "windows-1252 iso-8859-1 ibm-850 macos-0_2-10.2",
     "Hän meni työhön päivällä ja söi leipää kävellessään. Yötä myöten tehtiin töitä, sillä "
     "määräaika "
     "lähestyi.\nYstävällisin terveisin, Väinö Mäkinen\n"},
    {"Polish", "pl", "windows-1250 iso-8859-2 ibm-852 macos-29-10.2",
     "Zażółć gęślą jaźń. Wszyscy ludzie rodzą się wolni i równi pod względem swej godności i swych "
     "praw. Są oni obdarzeni rozumem i sumieniem.\nProszę o odpowiedź do piątku. Łódź, dnia 3 "
     "października\n"},
    {"Czech", "cs", "windows-1250 iso-8859-2 ibm-852 macos-29-10.2",
     "Příliš žluťoučký kůň úpěl ďábelské ódy. Všichni lidé rodí se svobodní a sobě rovní co do "
     "důstojnosti a práv.\nDěkuji za odpověď, s pozdravem Jiří Dvořák\n"},
    {"Hungarian", "hu", "windows-1250 iso-8859-2 ibm-852 macos-29-10.2",
     "Minden emberi lény szabadon születik és egyenlő méltósága és joga van. Az árvíztűrő "
     "tükörfúrógép működik, de a főnök nem örül.\nÜdvözlettel: Szabó Győző\n"},
    {"Romanian", "ro", "windows-1250 iso-8859-2 ibm-852",
     "Toate fiinţele umane se nasc libere şi egale în demnitate şi în drepturi. Mâine dimineaţă "
     "vom merge la Braşov să cumpărăm cărţi.\nVă mulţumesc, Ştefan\n"},
    {"Croatian", "hr", "windows-1250 iso-8859-2 ibm-852",
     "Sva ljudska bića rađaju se slobodna i jednaka u dostojanstvu i pravima. Možete li mi reći "
     "gdje "
     "se nalazi kolodvor? Jučer smo išli na Šibenik.\nŽeljko Đurić\n"},
    {"Turkish", "tr", "windows-1254 iso-8859-9 ibm-857",
     "Bütün insanlar hür, haysiyet ve haklar bakımından eşit doğarlar. Şimdi öğretmen çocuklara "
     "ılık süt veriyor; güneş de ışıldıyor.\nİyi günler, Çağrı Yıldız\n"},
    {"Lithuanian", "lt", "windows-1257 iso-8859-13",
     "Visi žmonės gimsta laisvi ir lygūs savo orumu ir teisėmis. Jiems suteiktas protas ir sąžinė. "
     "Šiandien aš ėjau į mokyklą, o vėliau žiūrėjau televizorių.\n"},
    {"Latvian", "lv", "windows-1257 iso-8859-13",
     "Visi cilvēki piedzimst brīvi un vienlīdzīgi savā pašcieņā un tiesībās. Šodien mēs ēdām "
     "pīrāgus "
     "un dzērām tēju ar ķiršu ievārījumu.\n"},
    {"Estonian", "et", "windows-1257 iso-8859-15 windows-1252",
     "Kõik inimesed sünnivad vabadena ja võrdsetena oma väärikuselt ja õigustelt. Täna öösel sadas "
     "vihma, aga hommikul paistis päike.\n"},
    {"Russian", "ru", "windows-1251 koi8-r ibm-866 iso-8859-5 x-mac-cyrillic",
     "Все люди рождаются свободными и равными в своём достоинстве и правах. Они наделены разумом и "
     "совестью.\nУважаемые коллеги! Отчёт за третий квартал готов, просим его проверить.\nС "
     "уважением, Юрий Щукин\n"},
    {"Ukrainian", "uk", "windows-1251 koi8-u iso-8859-5",
     "Всі люди народжуються вільними і рівними у своїй гідності та правах. Вони наділені розумом і "
     "совістю.\nШановні колеги, їхній звіт є готовий.\n"},
    {"Bulgarian", "bg", "windows-1251 iso-8859-5",
     "Всички хора се раждат свободни и равни по достойнство и права. Те са надарени с разум и "
     "съвест и следва да се отнасят помежду си в дух на братство.\n"},
    {"Greek", "el", "windows-1253 iso-8859-7 ibm-737_P100-1997 ibm-869",
     "Όλοι οι άνθρωποι γεννιούνται ελεύθεροι και ίσοι στην αξιοπρέπεια και τα δικαιώματα. Είναι "
     "προικισμένοι με λογική και συνείδηση.\nΗ συνεδρίαση αρχίζει στις δέκα το πρωί.\n"},
    {"Hebrew", "he", "windows-1255 iso-8859-8 ibm-862",
     "כל בני האדם נולדו בני חורין ושווים בערכם ובזכויותיהם. כולם חוננו בתבונה ובמצפון, לפיכך חובה "
     "עליהם לנהוג איש ברעהו ברוח של אחווה.\nשלום רב, דוד לוי\n"},
    {"Arabic", "ar", "windows-1256 iso-8859-6",
     "يولد جميع الناس أحرارا متساوين في الكرامة والحقوق. وقد وهبوا عقلا وضميرا وعليهم أن يعامل "
     "بعضهم بعضا بروح الإخاء.\nمع أطيب التحيات من القاهرة\n"},
    {"Thai", "th", "windows-874",
     "มนุษย์ทั้งหลายเกิดมามีอิสระและเสมอภาคกันในเกียรติศักดิ์และสิทธิ ต่างมีเหตุผลและมโนธรรม "
     "และควรปฏิบัติต่อกันด้วยเจตนารมณ์แห่งภราดรภาพ\nสวัสดีครับ วันนี้อากาศดีมาก\n"},
    {"Japanese", "ja", "ibm-943_P15A-2003 EUC-JP ISO-2022-JP",
     "すべての人間は、生まれながらにして自由であり、かつ、尊厳と権利とについて平等である。\n"
     "お世話になっております。会議の資料をお送りしますので、ご確認ください。\n東京都千代田区の山田"
     "です。\n"},
    {"SimplifiedChinese", "zh", "gb18030 HZ",
     "人人生而自由，在尊严和权利上一律平等。他们赋有理性和良心，并应以兄弟关系的精神相对待。\n"
     "请在星期五之前把报告发给我，谢谢！\n"},
    {"TraditionalChinese", "zh-Hant", "Big5",
     "人人生而自由，在尊嚴和權利上一律平等。他們賦有理性和良心，並應以兄弟關係的精神相對待。\n"
     "請在星期五之前把報告寄給我，謝謝！\n"},
    {"Korean", "ko", "windows-949",
     "모든 인간은 태어날 때부터 자유로우며 그 존엄과 권리에 있어 동등하다. 인간은 천부적으로 "
     "이성과 "
     "양심을 부여받았으며 서로 형제애의 정신으로 행동하여야 한다.\n안녕하세요, 회의 자료를 보내 "
     "드립니다.\n"},
    {"English", "en", "windows-1252 macos-0_2-10.2",
     "The café on the corner closes at 5 o’clock; its “house blend” costs £3.50 — a bargain. All "
     "prices include VAT, and the résumé of Mr. O’Neill was naïve.\n"},
};

}  // namespace ingestor::extract::text
