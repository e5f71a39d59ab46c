/* The Lua module "smtpcodes", for filters: plain tables and strings. It decides nothing and knows no name: bytes go in,
 * and what the core says comes out.
 *
 * What the input may be at fault for is returned as nil and a message; a wrong argument raises. Every call of Lua's may
 * throw, so no heap memory is held over one: what needs room is given a userdata, which the collector owns. */
#include <stdio.h>
#include <string.h>

#include <smtpcodes.h>

#include "compat.h"

#define RULES "smtpcodes.rules"

/* ---- strings that are made once, at load ----
 * Upvalue 1 of every function is an array: the keys, then the names of the closed lists, then those of the reasons. */

#define KEY_MAP(X)     \
    X(action)          \
    X(basis)           \
    X(blocklist)       \
    X(bounce)          \
    X(category)        \
    X(code)            \
    X(codes)           \
    X(commands)        \
    X(confidence)      \
    X(enhanced)        \
    X(evidence)        \
    X(evidence_offset) \
    X(explanation)     \
    X(first_code)      \
    X(flags)           \
    X(inner_code)      \
    X(inner_enhanced)  \
    X(lines)           \
    X(name)            \
    X(pattern)         \
    X(provider)        \
    X(reason)          \
    X(reference)       \
    X(retry_after)     \
    X(rule)            \
    X(severity)        \
    X(side)            \
    X(stage)           \
    X(standing)        \
    X(text)            \
    X(title)           \
    X(used)

#define LIST_MAP(X) X(severity) X(category) X(standing) X(side) X(action) X(bounce) X(basis) X(stage)

#define KEY_INDEX(key) KEY_##key,
#define LIST_INDEX(list) LIST_##list,
enum key { KEY_NONE, KEY_MAP(KEY_INDEX) KEY_END };
enum list { LIST_MAP(LIST_INDEX) LIST_COUNT };

enum {
    LIST_ROOM = 16, /* more than the highest value of any of these lists */
    REASONS = KEY_END + LIST_COUNT * LIST_ROOM
};

static int name_index(enum list list, int value)
{
    return KEY_END + (int)list * LIST_ROOM + value;
}

static void push_strings(lua_State *L)
{
#define KEY_TEXT(key) #key,
#define LIST_NAMES(list) smtpcodes_##list##_name,
    static const char *const keys[] = {"", KEY_MAP(KEY_TEXT)};
    static const char *(*const names[])(int) = {LIST_MAP(LIST_NAMES)};
    int reasons = (int)smtpcodes_reason_count();
    lua_createtable(L, REASONS + reasons, 0);
    for (int i = 1; i < KEY_END; i++) {
        lua_pushstring(L, keys[i]);
        lua_rawseti(L, -2, i);
    }
    for (int list = 0; list < LIST_COUNT; list++) {
        for (int value = 0; value < LIST_ROOM; value++) { /* NULL, which is no value of the list, is pushed as nil */
            lua_pushstring(L, names[list](value));
            lua_rawseti(L, -2, name_index((enum list)list, value));
        }
    }
    for (int reason = 1; reason <= reasons; reason++) {
        lua_pushstring(L, smtpcodes_reason_name(reason));
        lua_rawseti(L, -2, REASONS + reason);
    }
}

/* ---- fields of the table on top of the stack ---- */

static void push_string(lua_State *L, int index)
{
    lua_rawgeti(L, lua_upvalueindex(1), index);
}

static void set_number(lua_State *L, enum key key, lua_Integer value)
{
    push_string(L, (int)key);
    lua_pushinteger(L, value);
    lua_rawset(L, -3);
}

static void set_string(lua_State *L, enum key key, int index)
{
    push_string(L, (int)key);
    push_string(L, index);
    lua_rawset(L, -3);
}

static void set_name(lua_State *L, enum key key, enum list list, int value)
{
    set_string(L, key, name_index(list, value));
}

/* In the rows of tables, 0 stands for no reason. */
static void set_reason(lua_State *L, int reason)
{
    if (reason > 0) {
        set_string(L, KEY_reason, REASONS + reason);
    }
}

static void set_bytes(lua_State *L, enum key key, const char *bytes, size_t length)
{
    push_string(L, (int)key);
    lua_pushlstring(L, bytes, length);
    lua_rawset(L, -3);
}

/* A text that is NULL or empty says that there is none. */
static void set_text(lua_State *L, enum key key, const char *text)
{
    if (text && *text) {
        set_bytes(L, key, text, strlen(text));
    }
}

static void set_enhanced(lua_State *L, enum key key, struct smtpcodes_enhanced_code enhanced)
{
    char text[24];
    if (enhanced.klass) {
        set_bytes(L, key, text, smtpcodes_enhanced_write(enhanced, text, sizeof text));
    }
}

/* The names of the bits of a set, as a list in ascending order. */
static void set_bits(lua_State *L, enum key key, uint32_t set, const char *(*name)(uint32_t))
{
    int n = 0;
    push_string(L, (int)key);
    lua_newtable(L);
    for (; set; set &= set - 1) {
        lua_pushstring(L, name(set & (~set + 1)));
        lua_rawseti(L, -2, ++n);
    }
    lua_rawset(L, -3);
}

/* ---- arguments and results ---- */

static int fail(lua_State *L, const char *message)
{
    lua_pushnil(L);
    lua_pushstring(L, message);
    return 2;
}

/* -1, which is in no table, for a number that is no code: it must not be cut to the bits of one. */
static int to_code(lua_Number number)
{
    return number >= 0 && number <= 65535 && number == (lua_Number)(int)number ? (int)number : -1;
}

/* The field of the table at `arg`, if it has it; it stays on the stack, so that the bytes live. */
static const char *field_text(lua_State *L, int arg, const char *key, size_t *length)
{
    lua_getfield(L, arg, key);
    if (lua_isnil(L, -1)) {
        *length = 0;
        return NULL;
    }
    if (!lua_isstring(L, -1)) {
        luaL_error(L, "bad field '%s' in argument #%d (string expected, got %s)", key, arg, luaL_typename(L, -1));
    }
    return lua_tolstring(L, -1, length);
}

/* ---- verdicts ---- */

static struct smtpcodes_rules **check_rules(lua_State *L, int arg)
{
    return luaL_checkudata(L, arg, RULES);
}

static void read_context(lua_State *L, int arg, struct smtpcodes_context *context)
{
    size_t length;
    luaL_checktype(L, arg, LUA_TTABLE);
    const char *name = field_text(L, arg, "stage", &length);
    if (name) {
        int stage = smtpcodes_stage_from_name(name);
        if (stage < 0) {
            luaL_error(L, "bad field 'stage' in argument #%d (unknown stage '%s')", arg, name);
        }
        context->stage = (enum smtpcodes_stage)stage;
    }
    context->receiver = field_text(L, arg, "receiver", &context->receiver_length);
    context->client = field_text(L, arg, "client", &context->client_length);
}

/* A filter sees the same few kinds of verdict again and again. For each there is a maker: a Lua function that holds all
 * but confidence and evidence, since a table constructor of Lua's is the fastest way to a table
 * (tests/bench/lua_cost.sh measures it). The names of its parameters are those of push_kind, in that order. */
static const char make_maker[] =
    "local code, enhanced, severity, category, reason, side, action, bounce, basis, rule = ...\n"
    "return function(confidence, evidence, evidence_offset)\n"
    "  return {code = code, enhanced = enhanced, severity = severity, category = category, reason = reason,\n"
    "    side = side, action = action, bounce = bounce, basis = basis, confidence = confidence, rule = rule,\n"
    "    evidence = evidence, evidence_offset = evidence_offset}\n"
    "end";

enum { KIND_FIELDS = 10, KIND_BITS = 10, KINDS = 1 << KIND_BITS };

/* Verdicts whose makers are at hand, by a hash; code 0, which no reply has: none. */
struct kinds {
    struct smtpcodes_verdict of[KINDS];
};

/* Upvalues of classify, behind the strings. */
enum { UPVALUE_KINDS = 2, UPVALUE_MAKERS, UPVALUE_MAKE_MAKER };

static void push_kind(lua_State *L, const struct smtpcodes_verdict *v)
{
    char text[24];
    if (v->code >= 0) {
        lua_pushinteger(L, v->code);
    } else {
        lua_pushnil(L);
    }
    if (v->enhanced.klass) {
        lua_pushlstring(L, text, smtpcodes_enhanced_write(v->enhanced, text, sizeof text));
    } else {
        lua_pushnil(L);
    }
    push_string(L, name_index(LIST_severity, (int)v->severity));
    push_string(L, name_index(LIST_category, (int)v->category));
    push_string(L, REASONS + v->reason);
    push_string(L, name_index(LIST_side, (int)v->side));
    push_string(L, name_index(LIST_action, (int)v->action));
    push_string(L, name_index(LIST_bounce, (int)v->bounce));
    push_string(L, name_index(LIST_basis, (int)v->basis));
    lua_pushstring(L, v->rule); /* NULL is pushed as nil */
}

static void push_maker(lua_State *L, const struct smtpcodes_verdict *v)
{
    struct kinds *kinds = lua_touserdata(L, lua_upvalueindex(UPVALUE_KINDS));
    struct smtpcodes_verdict kind = *v;
    kind.evidence = kind.evidence_length = 0;
    kind.retry_after = kind.confidence = 0;
    uint32_t mixed = (uint32_t)(uintptr_t)v->rule ^ (uint32_t)v->code << 20 ^ (uint32_t)v->enhanced.subject << 10 ^
                     (uint32_t)v->enhanced.detail;
    uint32_t slot = (mixed * 0x9E3779B1u) >> (32 - KIND_BITS);
    /* bytes between the fields may differ by chance, which costs a new maker and no more */
    if (memcmp(&kinds->of[slot], &kind, sizeof kind) != 0) {
        kinds->of[slot].code = 0; /* what follows may throw */
        lua_pushvalue(L, lua_upvalueindex(UPVALUE_MAKE_MAKER));
        push_kind(L, v);
        lua_call(L, KIND_FIELDS, 1);
        lua_rawseti(L, lua_upvalueindex(UPVALUE_MAKERS), (int)slot + 1);
        kinds->of[slot] = kind;
    }
    lua_rawgeti(L, lua_upvalueindex(UPVALUE_MAKERS), (int)slot + 1);
}

static void push_verdict(lua_State *L, const char *bytes, const struct smtpcodes_verdict *v)
{
    push_maker(L, v);
    lua_pushinteger(L, v->confidence);
    if (v->evidence_length) {
        lua_pushlstring(L, bytes + v->evidence, v->evidence_length);
        lua_pushinteger(L, (lua_Integer)v->evidence + 1);
        lua_call(L, 3, 1);
    } else {
        lua_call(L, 1, 1);
    }
    set_text(L, KEY_provider, v->provider);
    set_text(L, KEY_blocklist, v->blocklist);
    if (v->retry_after >= 0) {
        set_number(L, KEY_retry_after, (lua_Integer)v->retry_after);
    }
    if (v->stage != SMTPCODES_STAGE_UNKNOWN) {
        set_name(L, KEY_stage, LIST_stage, (int)v->stage);
    }
}

/* What classify takes: text [, context [, rules]]. What stands in the context stays on the stack. */
struct question {
    const char *bytes;
    size_t length;
    struct smtpcodes_context context;
    const struct smtpcodes_rules *rules;
};

static void read_question(lua_State *L, struct question *question)
{
    memset(question, 0, sizeof *question);
    question->bytes = luaL_checklstring(L, 1, &question->length);
    if (!lua_isnoneornil(L, 3)) {
        question->rules = *check_rules(L, 3);
    }
    if (!lua_isnoneornil(L, 2)) {
        read_context(L, 2, &question->context);
    }
}

/* verdict = smtpcodes.classify(text [, context [, rules]]) */
static int l_classify(lua_State *L)
{
    struct smtpcodes_verdict verdict;
    struct question q;
    read_question(L, &q);
    smtpcodes_classify_with(q.rules, &q.context, q.bytes, q.length, &verdict);
    push_verdict(L, q.bytes, &verdict);
    return 1;
}

/* unknown = smtpcodes.text_is_unknown(text [, context [, rules]]) */
static int l_text_is_unknown(lua_State *L)
{
    struct question q;
    read_question(L, &q);
    lua_pushboolean(L, smtpcodes_text_is_unknown(q.rules, &q.context, q.bytes, q.length));
    return 1;
}

/* ---- the words of others ---- */

/* The value of the name at `arg`; raises for one that there is not. */
static int check_name(lua_State *L, int arg, const char *list, int (*from_name)(const char *))
{
    const char *name = luaL_checkstring(L, arg);
    const int value = from_name(name);
    if (value < 0) {
        luaL_error(L, "bad argument #%d (unknown %s '%s')", arg, list, name);
    }
    return value;
}

/* term = smtpcodes.reason_as(reason, bounce, vocabulary)   or   nil, where the vocabulary has none */
static int l_reason_as(lua_State *L)
{
    const int reason = check_name(L, 1, "reason", smtpcodes_reason_from_name);
    const int bounce = check_name(L, 2, "bounce", smtpcodes_bounce_from_name);
    const int vocabulary = check_name(L, 3, "vocabulary", smtpcodes_vocabulary_from_name);
    lua_pushstring(L, smtpcodes_reason_as(reason, (enum smtpcodes_bounce)bounce, vocabulary)); /* NULL becomes nil */
    return 1;
}

/* reason = smtpcodes.reason_of(vocabulary, term)   or   nil, where the term stands for several or none, or nil, message
 */
static int l_reason_of(lua_State *L)
{
    const int vocabulary = check_name(L, 1, "vocabulary", smtpcodes_vocabulary_from_name);
    size_t length;
    const char *term = luaL_checklstring(L, 2, &length);
    const int reason = strlen(term) == length ? smtpcodes_reason_of(vocabulary, term) : -1;
    if (reason < 0) {
        lua_pushnil(L);
        lua_pushfstring(L, "'%s' is no term of %s", term, smtpcodes_vocabulary_name(vocabulary));
        return 2;
    }
    if (reason == 0) {
        lua_pushnil(L);
    } else {
        push_string(L, REASONS + reason);
    }
    return 1;
}

/* ---- rules of a user's own ---- */

/* rules = smtpcodes.rules(path)   or   nil, message */
static int l_rules(lua_State *L)
{
    char message[512];
    size_t length;
    const char *path = luaL_checklstring(L, 1, &length);
    luaL_argcheck(L, strlen(path) == length, 1, "a path holds no NUL");
    struct smtpcodes_rules **box = lua_newuserdata(L, sizeof(struct smtpcodes_rules *));
    *box = NULL; /* owned by the collector before there is anything to own */
    luaL_getmetatable(L, RULES);
    lua_setmetatable(L, -2);
    *box = smtpcodes_rules_load_file(path, message, sizeof message);
    return *box ? 1 : fail(L, message);
}

/* version = smtpcodes.rules_version([rules]) */
static int l_rules_version(lua_State *L)
{
    lua_pushstring(L, smtpcodes_rules_version(lua_isnoneornil(L, 1) ? NULL : *check_rules(L, 1)));
    return 1;
}

static int rules_gc(lua_State *L)
{
    struct smtpcodes_rules **box = check_rules(L, 1);
    /* the names of its rules go with it, and other names may come to stand in the same place */
    memset(lua_touserdata(L, lua_upvalueindex(1)), 0, sizeof(struct kinds));
    smtpcodes_rules_free(*box);
    *box = NULL;
    return 0;
}

static int rules_len(lua_State *L)
{
    lua_pushinteger(L, (lua_Integer)smtpcodes_rules_count(*check_rules(L, 1)));
    return 1;
}

static int rules_tostring(lua_State *L)
{
    lua_pushfstring(L, RULES " (%d)", (int)smtpcodes_rules_count(*check_rules(L, 1)));
    return 1;
}

/* ---- rows of the tables ---- */

static void push_code(lua_State *L, const struct smtpcodes_code *row)
{
    int code = smtpcodes_code_number(row);
    lua_createtable(L, 0, 11);
    set_number(L, KEY_code, code);
    set_text(L, KEY_name, smtpcodes_code_name(row));
    set_text(L, KEY_title, smtpcodes_code_title(row));
    set_text(L, KEY_explanation, smtpcodes_code_explanation(row));
    set_text(L, KEY_reference, smtpcodes_code_reference(row));
    set_name(L, KEY_severity, LIST_severity, (int)smtpcodes_code_severity(code));
    set_name(L, KEY_category, LIST_category, (int)smtpcodes_code_category(code));
    set_name(L, KEY_standing, LIST_standing, (int)smtpcodes_code_standing(row));
    set_bits(L, KEY_commands, smtpcodes_code_commands(row), smtpcodes_command_name);
    set_reason(L, smtpcodes_code_reason(row));
    set_name(L, KEY_action, LIST_action, (int)smtpcodes_code_action(row));
}

/* row = smtpcodes.code(number)   or   nil, message */
static int l_code(lua_State *L)
{
    const struct smtpcodes_code *row = smtpcodes_code_find(to_code(luaL_checknumber(L, 1)));
    if (!row) {
        lua_pushnil(L);
        lua_pushfstring(L, "unknown code '%s'", lua_tostring(L, 1));
        return 2;
    }
    push_code(L, row);
    return 1;
}

/* Upvalue 2 is the position of the next row. */
static int next_code(lua_State *L)
{
    lua_Integer i = lua_tointeger(L, lua_upvalueindex(2));
    const struct smtpcodes_code *row = smtpcodes_code_at((size_t)i);
    if (!row) {
        return 0;
    }
    lua_pushinteger(L, i + 1);
    lua_replace(L, lua_upvalueindex(2));
    push_code(L, row);
    return 1;
}

/* for row in smtpcodes.codes() do */
static int l_codes(lua_State *L)
{
    lua_pushvalue(L, lua_upvalueindex(1));
    lua_pushinteger(L, 0);
    lua_pushcclosure(L, next_code, 2);
    return 1;
}

/* row = smtpcodes.enhanced(text)   or   nil, message */
static int l_enhanced(lua_State *L)
{
    struct smtpcodes_enhanced_code code;
    const struct smtpcodes_enhanced *row = NULL;
    size_t length;
    const char *text = luaL_checklstring(L, 1, &length);
    if (smtpcodes_enhanced_parse(text, length, &code)) {
        row = smtpcodes_enhanced_find(code.klass, code.subject, code.detail);
    }
    if (!row) {
        lua_pushnil(L);
        lua_pushfstring(L, "unknown enhanced code '%s'", text);
        return 2;
    }
    lua_createtable(L, 0, 10);
    set_enhanced(L, KEY_enhanced, code);
    set_text(L, KEY_pattern, smtpcodes_enhanced_pattern(row));
    set_text(L, KEY_name, smtpcodes_enhanced_name(row));
    set_text(L, KEY_title, smtpcodes_enhanced_title(row));
    set_text(L, KEY_explanation, smtpcodes_enhanced_explanation(row));
    set_text(L, KEY_reference, smtpcodes_enhanced_reference(row));
    set_name(L, KEY_severity, LIST_severity, code.klass); /* the class has the values of a severity (RFC 3463 3.1) */
    set_name(L, KEY_standing, LIST_standing, (int)smtpcodes_enhanced_standing(row));
    set_reason(L, smtpcodes_enhanced_reason(row));
    set_text(L, KEY_codes, smtpcodes_enhanced_codes(row));
    return 1;
}

/* ---- replies ---- */

static void set_lines(lua_State *L, const struct smtpcodes_reply *reply)
{
    struct smtpcodes_span line;
    size_t cursor = 0;
    int n = 0;
    push_string(L, KEY_lines);
    lua_newtable(L);
    while (smtpcodes_reply_line(reply, &cursor, &line)) {
        lua_pushlstring(L, line.bytes, line.length);
        lua_rawseti(L, -2, ++n);
    }
    lua_rawset(L, -3);
}

static void set_joined_lines(lua_State *L, const struct smtpcodes_reply *reply)
{
    struct smtpcodes_span line;
    size_t cursor = 0;
    luaL_Buffer text;
    const char *between = "";
    push_string(L, KEY_text);
    luaL_buffinit(L, &text);
    while (smtpcodes_reply_line(reply, &cursor, &line)) {
        luaL_addstring(&text, between);
        luaL_addlstring(&text, line.bytes, line.length);
        between = "\n";
    }
    luaL_pushresult(&text);
    lua_rawset(L, -3);
}

/* reply = smtpcodes.parse(text)   or   nil, message, offset */
static int l_parse(lua_State *L)
{
    struct smtpcodes_reply reply;
    size_t length;
    const char *bytes = luaL_checklstring(L, 1, &length);
    enum smtpcodes_status status = smtpcodes_reply_parse(bytes, length, &reply);
    if (status == SMTPCODES_STATUS_NOT_A_REPLY) {
        fail(L, smtpcodes_strstatus((int)status));
        lua_pushinteger(L, (lua_Integer)reply.error + 1);
        return 3;
    }
    lua_createtable(L, 0, 10);
    set_number(L, KEY_code, reply.code);
    set_number(L, KEY_first_code, reply.first_code);
    set_enhanced(L, KEY_enhanced, reply.enhanced);
    set_lines(L, &reply);
    set_joined_lines(L, &reply);
    set_bits(L, KEY_flags, reply.flags, smtpcodes_flag_name);
    set_number(L, KEY_used, (lua_Integer)reply.used);
    if (reply.inner_code >= 0) {
        set_number(L, KEY_inner_code, reply.inner_code);
    }
    set_enhanced(L, KEY_inner_enhanced, reply.inner_enhanced);
    if (reply.stage != SMTPCODES_STAGE_UNKNOWN) {
        set_name(L, KEY_stage, LIST_stage, (int)reply.stage);
    }
    return 1;
}

/* text = smtpcodes.compose{code =, enhanced =, text =, command =}   or   nil, message */
static int l_compose(lua_State *L)
{
    char small[1024], *out = small;
    struct smtpcodes_draft draft = {0};
    size_t length, needed;
    luaL_checktype(L, 1, LUA_TTABLE);
    lua_getfield(L, 1, "code");
    if (!lua_isnumber(L, -1)) {
        return luaL_error(L, "bad field 'code' in argument #1 (number expected, got %s)", luaL_typename(L, -1));
    }
    draft.code = to_code(lua_tonumber(L, -1));
    const char *text = field_text(L, 1, "command", &length);
    if (text) {
        draft.command = smtpcodes_command_from_name(text);
        if (!draft.command) {
            return luaL_error(L, "bad field 'command' in argument #1 (unknown command '%s')", text);
        }
    }
    text = field_text(L, 1, "enhanced", &length);
    if (text && !smtpcodes_enhanced_parse(text, length, &draft.enhanced)) {
        lua_pushnil(L);
        lua_pushfstring(L, "'%s' is not an enhanced code", text);
        return 2;
    }
    draft.text = field_text(L, 1, "text", &draft.length);
    enum smtpcodes_status status = smtpcodes_reply_write(&draft, out, sizeof small, &needed);
    if (status != SMTPCODES_STATUS_OK) {
        return fail(L, smtpcodes_strstatus((int)status));
    }
    if (needed > sizeof small) {
        out = lua_newuserdata(L, needed);
        smtpcodes_reply_write(&draft, out, needed, &needed);
    }
    lua_pushlstring(L, out, needed);
    return 1;
}

/* ---- texts ---- */

/* What a text is made from. */
struct text_source {
    const struct smtpcodes_rules *rules;
    const char *bytes;
    size_t length;
    int understood;
};

typedef size_t text_writer(struct text_source *source, char *out, size_t room);

static void push_written(lua_State *L, text_writer *write, struct text_source *source)
{
    char small[4096], *out = small;
    size_t needed = write(source, out, sizeof small);
    if (needed >= sizeof small) {
        out = lua_newuserdata(L, needed + 1);
        write(source, out, needed + 1);
    }
    lua_pushlstring(L, out, needed);
}

static size_t write_template(struct text_source *source, char *out, size_t room)
{
    return smtpcodes_template(source->bytes, source->length, out, room);
}

static size_t write_page(struct text_source *source, char *out, size_t room)
{
    return smtpcodes_explain_with(source->rules, source->bytes, source->length, SMTPCODES_STYLE_PLAIN, out, room,
                                  &source->understood);
}

static size_t write_findings(struct text_source *source, char *out, size_t room)
{
    return smtpcodes_rules_check(source->rules, out, room);
}

/* lines = smtpcodes.rules_check(rules) */
static int l_rules_check(lua_State *L)
{
    struct text_source source = {0};
    size_t length;
    int n = 0;
    source.rules = *check_rules(L, 1);
    push_written(L, write_findings, &source);
    const char *line = lua_tolstring(L, -1, &length), *const end = line + length;
    lua_newtable(L);
    while (line < end) {
        const char *feed = memchr(line, '\n', (size_t)(end - line));
        lua_pushlstring(L, line, (size_t)((feed ? feed : end) - line));
        lua_rawseti(L, -2, ++n);
        line = feed ? feed + 1 : end;
    }
    return 1;
}

/* text = smtpcodes.template(text) */
static int l_template(lua_State *L)
{
    struct text_source source = {0};
    source.bytes = luaL_checklstring(L, 1, &source.length);
    push_written(L, write_template, &source);
    return 1;
}

/* page, understood = smtpcodes.explain(code or enhanced code or reply [, rules]) */
static int l_explain(lua_State *L)
{
    char digits[16];
    struct text_source source = {0};
    int code = lua_type(L, 1) == LUA_TNUMBER ? to_code(lua_tonumber(L, 1)) : -1;
    if (code >= 0) { /* Lua 5.3 and newer would write a float as "550.0" */
        source.length = (size_t)snprintf(digits, sizeof digits, "%d", code);
        source.bytes = digits;
    } else {
        source.bytes = luaL_checklstring(L, 1, &source.length);
    }
    if (!lua_isnoneornil(L, 2)) {
        source.rules = *check_rules(L, 2);
    }
    push_written(L, write_page, &source);
    lua_pushboolean(L, source.understood);
    return 2;
}

/* ---- the module ---- */

/* With the kinds of verdict on top of the stack; they stay there. */
static void make_rules_type(lua_State *L)
{
    static const luaL_Reg functions[] = {
        {"__gc", rules_gc}, {"__len", rules_len}, {"__tostring", rules_tostring}, {NULL, NULL}};
    luaL_newmetatable(L, RULES);
    lua_pushvalue(L, -2);
    luaL_setfuncs(L, functions, 1);
    lua_pushliteral(L, RULES);
    lua_setfield(L, -2, "__metatable"); /* keeps scripts from calling __gc on rules that are in use */
    lua_pop(L, 1);
}

/* With the strings on top of the stack; they stay there, classify comes above them. */
static void push_classify(lua_State *L)
{
    lua_pushvalue(L, -1);
    memset(lua_newuserdata(L, sizeof(struct kinds)), 0, sizeof(struct kinds));
    make_rules_type(L);
    lua_createtable(L, KINDS, 0);
    if (luaL_loadbuffer(L, make_maker, sizeof make_maker - 1, "=smtpcodes") != 0) {
        lua_error(L); /* no memory: the text is right */
    }
    lua_pushcclosure(L, l_classify, UPVALUE_MAKE_MAKER);
}

SMTPCODES_API int luaopen_smtpcodes(lua_State *L);
int luaopen_smtpcodes(lua_State *L)
{
    static const luaL_Reg functions[] = {{"code", l_code},
                                         {"codes", l_codes},
                                         {"compose", l_compose},
                                         {"enhanced", l_enhanced},
                                         {"explain", l_explain},
                                         {"parse", l_parse},
                                         {"reason_as", l_reason_as},
                                         {"reason_of", l_reason_of},
                                         {"rules", l_rules},
                                         {"rules_check", l_rules_check},
                                         {"rules_version", l_rules_version},
                                         {"template", l_template},
                                         {"text_is_unknown", l_text_is_unknown},
                                         {NULL, NULL}};
    luaL_checkversion(L);
    lua_createtable(L, 0, (int)(sizeof functions / sizeof functions[0]) + 1);
    push_strings(L);
    push_classify(L);
    lua_setfield(L, -3, "classify");
    luaL_setfuncs(L, functions, 1);
    lua_pushstring(L, smtpcodes_version());
    lua_setfield(L, -2, "_VERSION");
    return 1;
}
