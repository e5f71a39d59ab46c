/* How bytes, results and errors cross into Lua. A rule serves a shape of arguments, not a function.
 *
 *   bytes, length              a string, by its length
 *   verdict, reply             tables, copied: see border.h
 *   const reply *              the bytes of it
 *   enhanced code              a table: klass, subject, detail
 *   context, draft             tables with the fields of the struct
 *   out, room                  gives a string
 *   rules, reader              objects that the collector frees
 *
 * What a function returns comes first, what it writes follows. */
%{
#include "border.h"
%}

/* Structs cross as tables; smtpcodes_reply_line as reply_lines. */
%ignore smtpcodes_enhanced_code;
%ignore smtpcodes_reply;
%warnfilter(314) smtpcodes_reply::end; /* a word of Lua, but the key of a table may be any string */
%ignore smtpcodes_draft;
%ignore smtpcodes_verdict;
%ignore smtpcodes_context;
%immutable;
%native(reply_lines) int border_reply_lines(lua_State *L);

/* The generated luaopen begins with pushing the table of globals, and puts swig_type and swig_equals into it. It gets a
 * table that nobody sees; and no module is made in a Lua that it was not built for. */
%wrapper %{
#undef lua_pushglobaltable
#define lua_pushglobaltable(L) (luaL_checkversion(L), lua_newtable(L))
%}

/* ---- numbers: integers where Lua has them ---- */

%typemap(out) int, long, size_t, uint32_t, enum SWIGTYPE {
    lua_pushinteger(L, (lua_Integer)$1);
    SWIG_arg++;
}
%typemap(in, checkfn="lua_isnumber") int {
    $1 = border_int(L, $input);
}
%typemap(in, checkfn="lua_isnumber") enum SWIGTYPE {
    $1 = ($1_ltype)border_int(L, $input);
}
%typemap(in, checkfn="lua_isnumber") uint32_t {
    $1 = border_bits(L, $input);
}
%typemap(in, checkfn="lua_isnumber") size_t {
    $1 = border_size(L, $input);
}

/* ---- bytes in; nil is no string ---- */

%typemap(in, checkfn="lua_isstring") const char * {
    $1 = ($1_ltype)lua_tostring(L, $input);
}
%typemap(in, checkfn="lua_isstring") (const char *bytes, size_t length) {
    $1 = ($1_ltype)lua_tolstring(L, $input, &$2);
}
%apply (const char *bytes, size_t length) { (const char *text, size_t length), (const char *query, size_t length) };

/* ---- verdicts ---- */

%typemap(in, numinputs=0) struct smtpcodes_verdict *out (struct smtpcodes_verdict verdict) {
    $1 = &verdict;
}
%typemap(argout) struct smtpcodes_verdict *out {
    border_push_verdict(L, $1);
    SWIG_arg++;
}
%typemap(in, checkfn="border_is_context") const struct smtpcodes_context *context (struct smtpcodes_context known) {
    if (!lua_isnil(L, $input)) {
        border_to_context(L, $input, &known);
        $1 = &known;
    }
}
%{
static int border_is_context(lua_State *L, int index)
{
    return lua_isnil(L, index) || lua_istable(L, index);
}
%}

%nodefaultctor smtpcodes_rules;
struct smtpcodes_rules {};
%extend smtpcodes_rules {
    ~smtpcodes_rules() { smtpcodes_rules_free($self); }
}
%ignore smtpcodes_rules_free;
%newobject smtpcodes_rules_load;
%newobject smtpcodes_rules_load_file;
%typemap(in, numinputs=0) (char *message, size_t room) (char message[512] = "") {
    $1 = message;
    $2 = sizeof message;
}
%typemap(argout) (char *message, size_t room) {
    if (!result) {
        lua_pushstring(L, $1);
        SWIG_arg++;
    }
}

/* ---- replies ---- */

%typemap(in, numinputs=0) struct smtpcodes_reply *out (struct smtpcodes_reply reply) {
    $1 = &reply;
}
%typemap(argout) struct smtpcodes_reply *out {
    border_push_reply(L, $1);
    SWIG_arg++;
}
%typemap(in, checkfn="lua_isstring") const struct smtpcodes_reply *reply (struct smtpcodes_reply reply) {
    size_t length;
    const char *bytes = lua_tolstring(L, $input, &length);
    smtpcodes_reply_parse(bytes, length, &reply);
    $1 = &reply;
}
%typemap(in, checkfn="lua_istable") const struct smtpcodes_draft *draft (struct smtpcodes_draft draft) {
    border_to_draft(L, $input, &draft);
    $1 = &draft;
}
%typemap(in, numinputs=0) size_t *used (size_t used = 0) {
    $1 = &used;
}
%typemap(argout) size_t *used {
    lua_pushinteger(L, (lua_Integer)*$1);
    SWIG_arg++;
}
/* Lua has no null: nil for a reader is a mistake. */
%typemap(check) struct smtpcodes_reader *reader {
    if (!$1) {
        luaL_error(L, "a reader is expected, got nil");
    }
}

/* ---- enhanced codes ---- */

%typemap(in, checkfn="lua_istable") struct smtpcodes_enhanced_code enhanced {
    $1 = border_to_enhanced(L, $input);
}
%typemap(in, numinputs=0) struct smtpcodes_enhanced_code *out (struct smtpcodes_enhanced_code enhanced = {0, 0, 0}) {
    $1 = &enhanced;
}
%typemap(argout) struct smtpcodes_enhanced_code *out {
    border_push_enhanced(L, $1);
    SWIG_arg++;
}

/* ---- texts out: the call is made again if the first buffer was too small ---- */

%typemap(in, numinputs=0) (char *out, size_t room) (char small[4096]) {
    $1 = small;
    $2 = sizeof small;
}
%typemap(argout) (char *out, size_t room) {
    lua_pushlstring(L, $1, result);
    SWIG_arg++;
}
%typemap(in, numinputs=0) (char *out, size_t room, size_t *needed) (char small[4096], size_t needed = 0) {
    $1 = small;
    $2 = sizeof small;
    $3 = &needed;
}
%typemap(argout) (char *out, size_t room, size_t *needed) {
    lua_pushlstring(L, $1, *$3);
    SWIG_arg++;
}
%typemap(in, numinputs=0) int *understood (int understood = 0) {
    $1 = &understood;
}
%typemap(argout) int *understood {
    lua_pushboolean(L, *$1);
    SWIG_arg++;
}

/* OUT, ROOM: the numbers of the two arguments */
%define TEXT_OUT(function, OUT, ROOM)
%typemap(out) size_t function "/* the text says its length */"
%exception function {
    $action
    if (result >= arg##ROOM) {
        arg##ROOM = result + 1;
        arg##OUT = (char *)lua_newuserdata(L, arg##ROOM);
        $action
    }
}
%enddef
TEXT_OUT(smtpcodes_template, 3, 4)
TEXT_OUT(smtpcodes_enhanced_write, 2, 3)
TEXT_OUT(smtpcodes_rules_check, 2, 3)
TEXT_OUT(smtpcodes_explain, 4, 5)
TEXT_OUT(smtpcodes_explain_with, 5, 6)
%exception smtpcodes_reply_write {
    $action
    if (*arg4 > arg3) {
        arg3 = *arg4;
        arg2 = (char *)lua_newuserdata(L, arg3);
        $action
    }
}
