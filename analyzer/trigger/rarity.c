/* Frequencies of single bytes, multiplied, are a fair guess, but for the three bytes that are everywhere in
 * TypeScript although each of them is not that common: those are listed, as counted in 44 MB of seven public
 * repositories, letters without case. */
#include "rarity.h"

enum { SLOTS = 1024, OF_BYTES = 100000 };

typedef struct listed {
    uint32_t gram; /* 0: free */
    uint32_t times;
} listed;

struct ml_rarity {
    uint64_t of_byte[256];
    uint64_t all; /* the sum of of_byte */
    listed listed[SLOTS];
};

/* How often, of so many bytes, each of the three stands, about. */
static const struct {
    uint32_t times;
    const char *grams;
} everywhere[] = {
    {180, "ion con ons tio ent ect ing nst pro ate dat res str tri val ode age ame exp ati ata ter typ ort ype "
          "rom sta nam rea ess ser por cti rin use the jec alu tur ext put est par der ool fro nte ret ace mes "
          "ont que mpo"                                      },
    {75,  "ver xpe ers all set tor ble ore del ted for get fil lue too id: tra etu ime nde tex men abl sag tat "
         "pec urn ult err cre cha imp .to mod cal def eve ele ite roj eat oje rac rro inp ase tem ssa and ror "
         "npu cor pti met erv fin omp sco key lte out ass sio com tid ren ine ilt che act tru efi nts ang rat "
         "nod tim art ait und wai ara ull per awa tes ery sto"},
    {43,  "col int ide eri eta end oun ist ram uer red ten ven des ope ces eco ste ssi row --- ead pon tar tch "
         "pre esu opt als era nul ses pe: equ api onf sul me: lse lab han spa esc lec scr ali etr eva one ned "
         "tab nti las new ere son nfi mbe xpo obs low lic thi not rop app gen hat syn run nal sel tob ind rov "
         "lid tre sho eme obj are orm cla his atu ure ner ync pla nse mpt let iti ole rue vat num mat bse rva "
         "ith bel wit lan ric ema rec ete asy bje fig ord unt ber hou ena ues ock eid utp fal pan olu abe ile "
         "pen ial vid er. esp ges cri obe nge len lin ded atc on: tit tas sch ovi ail lum edi ref eda oni rou "
         "led ada sec ato cat ute tin cli ams tpu ert ain flo rol spo .st ive tep pri cou own req fie tto lat "
         "lea din"                                            },
};

static uint32_t gram_of(const char *bytes)
{
    const unsigned char *at = (const unsigned char *)bytes;
    return (at[0] | (uint32_t)at[1] << 8 | (uint32_t)at[2] << 16) | 0x202020u;
}

static listed *slot_of(const ml_rarity *rarity, uint32_t gram)
{
    uint32_t at = gram * 0x9e3779b1u >> 22;

    while (rarity->listed[at].gram && rarity->listed[at].gram != gram)
        at = (at + 1) % SLOTS;
    return (listed *)(uintptr_t)&rarity->listed[at];
}

ml_rarity *ml_rarity_new(ml_arena *arena)
{
    static const char by_rank[] = "etaoinsrlcdpumhgfyvbkwxjqz", signs[] = "().,;:'\"/={}", blanks[] = " \t\n";
    ml_rarity *rarity = ML_NEW(arena, ml_rarity);

    for (unsigned c = 0; c < 256; c++)
        rarity->of_byte[c] = c >= 'A' && c <= 'Z' ? 6 : 4;
    for (unsigned i = 0; by_rank[i]; i++)
        rarity->of_byte[(unsigned char)by_rank[i]] = 62 - 2 * i;
    for (unsigned i = 0; signs[i]; i++)
        rarity->of_byte[(unsigned char)signs[i]] = 12;
    for (unsigned i = 0; blanks[i]; i++)
        rarity->of_byte[(unsigned char)blanks[i]] = 100;
    for (unsigned c = 0; c < 256; c++)
        rarity->all += rarity->of_byte[c];
    for (size_t i = 0; i < sizeof everywhere / sizeof *everywhere; i++)
        for (const char *at = everywhere[i].grams; *at; at += at[3] ? 4 : 3)
            *slot_of(rarity, gram_of(at)) = (listed){gram_of(at), everywhere[i].times};
    return rarity;
}

uint64_t ml_rarity_commonness(const ml_rarity *rarity, const char *bytes, unsigned size)
{
    uint64_t product = 1, all = rarity->all;
    const listed *known = size == 3 ? slot_of(rarity, gram_of(bytes)) : NULL;

    if (known && known->gram)
        return all * all * all / OF_BYTES * known->times;
    for (unsigned i = 0; i < size; i++)
        product *= rarity->of_byte[(unsigned char)bytes[i]];
    return product;
}
