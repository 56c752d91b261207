// Text enters; where it is written decomposed leaves (rule B017).
//
// The pairs are Unicode's primary compositions. Its stability policy lets no pair be
// added for characters that exist, so the table is for good. Not looked for is what
// nobody types: marks in another order than the canonical one.
#include "nfc.h"

#include "utf8.h"

struct pair_row {
    uint32_t mark;
    const char *letters; // with which the mark makes one character
};

static const struct pair_row PAIRS[] = {
    {0x0300, "AEINOUWYaeinouwy¨ÂÊÔÜâêôüĂăĒēŌōƠơƯưΑΕΗΙΟΥΩαεηιουωϊϋЕИеиἀἁἈἉἐἑἘἙἠἡἨἩἰἱἸἹὀὁ"
             "ὈὉὐὑὙὠὡὨὩ᾿῾"},
    {0x0301, "ACEGIKLMNOPRSUWYZacegiklmnoprsuwyz¨ÂÅÆÇÊÏÔÕØÜâåæçêïôõøüĂăĒēŌōŨũƠơƯưΑΕΗΙΟΥ"
             "ΩαεηιουωϊϋϒГКгкἀἁἈἉἐἑἘἙἠἡἨἩἰἱἸἹὀὁὈὉὐὑὙὠὡὨὩ᾿῾"},
    {0x0302, "ACEGHIJOSUWYZaceghijosuwyzẠạẸẹỌọ"},
    {0x0303, "AEINOUVYaeinouvyÂÊÔâêôĂăƠơƯư"},
    {0x0304, "AEGIOUYaegiouyÄÆÕÖÜäæõöüǪǫȦȧȮȯΑΙΥαιυИУиуḶḷṚṛ"},
    {0x0306, "AEGIOUaegiouȨȩΑΙΥαιυАЕЖИУаежиуẠạ"},
    {0x0307, "ABCDEFGHIMNOPRSTWXYZabcdefghmnoprstwxyzŚśŠšſṢṣ"},
    {0x0308, "AEHIOUWXYaehiotuwxyÕõŪūΙΥιυϒІАЕЖЗИОУЧЫЭаежзиоучыэіӘәӨө"},
    {0x0309, "AEIOUYaeiouyÂÊÔâêôĂăƠơƯư"},
    {0x030A, "AUauwy"},
    {0x030B, "OUouУу"},
    {0x030C, "ACDEGHIKLNORSTUZacdeghijklnorstuzÜüƷʒ"},
    {0x030F, "AEIORUaeioruѴѵ"},
    {0x0311, "AEIORUaeioru"},
    {0x0313, "ΑΕΗΙΟΩαεηιορυω"},
    {0x0314, "ΑΕΗΙΟΡΥΩαεηιορυω"},
    {0x031B, "OUou"},
    {0x0323, "ABDEHIKLMNORSTUVWYZabdehiklmnorstuvwyzƠơƯư"},
    {0x0324, "Uu"},
    {0x0325, "Aa"},
    {0x0326, "STst"},
    {0x0327, "CDEGHKLNRSTcdeghklnrst"},
    {0x0328, "AEIOUaeiou"},
    {0x032D, "DELNTUdelntu"},
    {0x032E, "Hh"},
    {0x0330, "EIUeiu"},
    {0x0331, "BDKLNRTZbdhklnrtz"},
    {0x0338, "<=>←→↔⇐⇒⇔∃∈∋∣∥∼≃≅≈≍≡≤≥≲≳≶≷≺≻≼≽⊂⊃⊆⊇⊑⊒⊢⊨⊩⊫⊲⊳⊴⊵"},
    {0x0342, "¨αηιυωϊϋἀἁἈἉἠἡἨἩἰἱἸἹὐὑὙὠὡὨὩ᾿῾"},
    {0x0345, "ΑΗΩάήαηωώἀἁἂἃἄἅἆἇἈἉἊἋἌἍἎἏἠἡἢἣἤἥἦἧἨἩἪἫἬἭἮἯὠὡὢὣὤὥὦὧὨὩὪὫὬὭὮὯὰὴὼᾶῆῶ"},
    {0x0653, "ا"},
    {0x0654, "اويہےە"},
    {0x0655, "ا"},
    {0x093C, "नरळ"},
    {0x09BE, "\u09c7"},
    {0x09D7, "\u09c7"},
    {0x0B3E, "\u0b47"},
    {0x0B56, "\u0b47"},
    {0x0B57, "\u0b47"},
    {0x0BBE, "\u0bc6\u0bc7"},
    {0x0BD7, "ஒ\u0bc6"},
    {0x0C56, "\u0c46"},
    {0x0CC2, "\u0cc6"},
    {0x0CD5, "\u0cbf\u0cc6\u0cca"},
    {0x0CD6, "\u0cc6"},
    {0x0D3E, "\u0d46\u0d47"},
    {0x0D57, "\u0d46"},
    {0x0DCA, "\u0dd9\u0ddc"},
    {0x0DCF, "\u0dd9"},
    {0x0DDF, "\u0dd9"},
    {0x102E, "ဥ"},
    {0x1B35, "ᬅᬇᬉᬋᬍᬑ\u1b3a\u1b3c\u1b3e\u1b3f\u1b42"},
    {0x3099, "うかきくけこさしすせそたちつてとはひふへほゝウカキクケコサシスセソタチツ"
             "テトハヒフヘホワヰヱヲヽ"},
    {0x309A, "はひふへほハヒフヘホ"},
    {0x110BA, "𑂙𑂛𑂥"},
    {0x11127, "\U00011131\U00011132"},
    {0x1133E, "\U00011347"},
    {0x11357, "\U00011347"},
    {0x114B0, "\U000114b9"},
    {0x114BA, "\U000114b9"},
    {0x114BD, "\U000114b9"},
    {0x115AF, "\U000115b8\U000115b9"},
    {0x11930, "\U00011935"},
};

#define FIRST_MARK 0x0300

// Hangul syllables are composed by arithmetic: a leading consonant and a vowel, and
// their syllable with a trailing consonant.
static bool hangul_composes(uint32_t first, uint32_t second)
{
    bool vowel = second >= 0x1161 && second <= 0x1175;
    bool trailing = second >= 0x11A8 && second <= 0x11C2;
    return (vowel && first >= 0x1100 && first <= 0x1112) ||
           (trailing && first >= 0xAC00 && first <= 0xD7A3 &&
            (first - 0xAC00) % 28 == 0);
}

static bool has_letter(const char *letters, uint32_t wanted)
{
    struct str rest = str_from(letters);
    uint32_t letter = 0;
    while (rest.len > 0) {
        rest = str_skip(rest, utf8_decode(rest, &letter));
        if (letter == wanted) {
            return true;
        }
    }
    return false;
}

static bool composes(uint32_t first, uint32_t second)
{
    if (second < FIRST_MARK) {
        return false;
    }
    for (size_t i = 0; i < sizeof PAIRS / sizeof PAIRS[0]; i++) {
        if (PAIRS[i].mark == second) {
            return has_letter(PAIRS[i].letters, first);
        }
    }
    return hangul_composes(first, second);
}

// The signs of ohm, kelvin and angstrom: in composed text they are letters.
static bool is_replaced(uint32_t code_point)
{
    return code_point == 0x2126 || code_point == 0x212A || code_point == 0x212B;
}

// Marks and signs begin with this byte or a larger one: most keys have none.
#define FIRST_BYTE 0xCC

static bool may_be_decomposed(struct str text)
{
    for (size_t i = 0; i < text.len; i++) {
        if ((unsigned char)text.at[i] >= FIRST_BYTE) {
            return true;
        }
    }
    return false;
}

size_t nfc_check(struct str text)
{
    if (!may_be_decomposed(text)) {
        return text.len;
    }
    uint32_t before = 0;
    size_t before_at = 0;
    for (size_t at = 0; at < text.len;) {
        uint32_t code_point = 0;
        size_t len = utf8_decode(str_skip(text, at), &code_point);
        if (len == 0 || is_replaced(code_point)) {
            return at;
        }
        if (composes(before, code_point)) {
            return before_at;
        }
        before = code_point;
        before_at = at;
        at += len;
    }
    return text.len;
}
