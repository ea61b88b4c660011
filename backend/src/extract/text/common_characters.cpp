#include "extract/text/common_characters.hpp"

#include <algorithm>
#include <string_view>

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

/// In the order of their codes: the 549 that tokenisers of many languages know as one token each.
constexpr std::u32string_view kFrequentIdeographs =
    U"一万三上下不与专业东两个中串为主么义之也书了事二于五些交产享京人亿今介从他付代以们件价任"
    U"份企优会传但位体何余作你使例供価保信修倍值停像元先入全公共关其具内円册再写出击分列则初利"
    U"别到制前力功加务动動包化北区十午华单南即历原去县参及友反发取变口只可台右号司合同名后向否"
    U"含听启告员周命和品哈商問器四回因国图土在地场址型城基報場填增声处备复外多大天失头女好如始"
    U"子字存学安宋完定实审客家容密对导将小少尔就局展山岁州工左已市布常平年并广序库应店度建开异"
    U"式引张当录形影径待後得微心必志态思性总息您情意感成我或户所手打找技投报拉持指按换据排接推"
    U"提播支收改放政效数整文料断新方族无日时明易星是時景更最月有服期木未本机权束条来板构析果查"
    U"标样核格案检模次款止正此步歳段每比民気水求江汽没治法注活流海消清游源火点無然片版物特率环"
    U"现球理生用由电男画界番登的监目直相省看県真知码确示社票私种科秒称移程稍税稿空立站章端笑符"
    U"第等签简算管箱米类系素索约级线组经结给络统编网置美老考者而联能自至色节英藏行表装西要見见"
    U"规视角解言計記話読计认议记论设证评试话询该详语误说请读调象责败账货购费资起超路身车转软载"
    U"辑输达过运近还这进连述退送选通速造連道邮部都配释里重量金钟钮链销错键长開間関门闭问间队阳"
    U"陆限院除雅集雷需非面音页项预频题额首验高黑";
static_assert(std::ranges::is_sorted(kFrequentIdeographs));

/// The first ones of the blocks of 64 characters that differ in their last byte alone and of which
/// tokenisers know no two bytes together.
constexpr char32_t kBlockOfIdeographs = 64;
constexpr std::u32string_view kRareIdeographs =
    U"傀儀咀嗀嘀噀嚀垀妀娀婀媀嫀嬀峀崀嵀嶀悀慀憀懀搀擀梀椀榀槀樀橀檀櫀潀澀激瀀炀烀煀熀燀犀狀猀"
    U"獀瑀璀瓀疀痀瘀瞀矀砀磀簀糀綀緀縀繀翀脀腀膀莀葀蒀蓀蔀蕀薀藀蘀蚀蛀蜀蝀螀蟀蠀褀襀諀謀踀蹀躀"
    U"軀輀鄀酀醀鈀鉀銀鋀鍀鎀鏀鐀鑀鞀韀餀饀駀騀骀髀鬀魀鮀鯀鰀鱀鲀鳀鴀鵀鶀鷀鸀鹀麀鼀齀鿀";
static_assert(std::ranges::is_sorted(kRareIdeographs));

}  // namespace

bool is_frequent_ideograph(char32_t c) {
    return std::ranges::binary_search(kFrequentIdeographs, c);
}

bool is_rare_ideograph(char32_t c) {
    return std::ranges::binary_search(kRareIdeographs, c - c % kBlockOfIdeographs);
}

bool is_common_syllable(char32_t c) {
    return std::ranges::binary_search(kCommonSyllables, c);
}

}  // namespace ingestor::extract::text
