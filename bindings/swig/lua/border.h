/* How the structs of smtpcodes.h cross into Lua: as tables with the names of their fields, numbers where C has numbers.
 * Nothing that Lua holds points into memory that may go. */
#ifndef SMTPCODES_SWIG_LUA_BORDER_H
#define SMTPCODES_SWIG_LUA_BORDER_H

#include <limits.h>
#include <stdint.h>
#include <string.h>

#include <smtpcodes.h>

#include "compat.h"

/* Numbers come in whole: what does not fit becomes a value that is in no list, not the bits of another one. */
static lua_Number border_number(lua_State *L, int index, lua_Number least, lua_Number most, lua_Number otherwise)
{
    lua_Number number = lua_tonumber(L, index);
    return number >= least && number <= most ? number : otherwise;
}

static int border_int(lua_State *L, int index)
{
    return (int)border_number(L, index, INT_MIN, INT_MAX, -1);
}

static uint32_t border_bits(lua_State *L, int index)
{
    return (uint32_t)border_number(L, index, 0, UINT32_MAX, 0);
}

static size_t border_size(lua_State *L, int index)
{
    return (size_t)border_number(L, index, 0, (lua_Number)(1UL << 31), (lua_Number)(1UL << 31));
}

/* ---- out: fields of the table on top of the stack ---- */

static void border_set_number(lua_State *L, const char *key, lua_Integer value)
{
    lua_pushinteger(L, value);
    lua_setfield(L, -2, key);
}

static void border_set_text(lua_State *L, const char *key, const char *text)
{
    lua_pushstring(L, text);
    lua_setfield(L, -2, key);
}

static void border_push_enhanced(lua_State *L, const struct smtpcodes_enhanced_code *enhanced)
{
    lua_createtable(L, 0, 3);
    border_set_number(L, "klass", enhanced->klass);
    border_set_number(L, "subject", enhanced->subject);
    border_set_number(L, "detail", enhanced->detail);
}

static void border_push_verdict(lua_State *L, const struct smtpcodes_verdict *v)
{
    lua_createtable(L, 0, 17);
    border_set_number(L, "code", v->code);
    border_push_enhanced(L, &v->enhanced);
    lua_setfield(L, -2, "enhanced");
    border_set_number(L, "severity", (lua_Integer)v->severity);
    border_set_number(L, "category", (lua_Integer)v->category);
    border_set_number(L, "reason", v->reason);
    border_set_number(L, "side", (lua_Integer)v->side);
    border_set_number(L, "action", (lua_Integer)v->action);
    border_set_number(L, "bounce", (lua_Integer)v->bounce);
    border_set_number(L, "basis", (lua_Integer)v->basis);
    border_set_number(L, "confidence", v->confidence);
    border_set_text(L, "rule", v->rule);
    border_set_number(L, "evidence", (lua_Integer)v->evidence);
    border_set_number(L, "evidence_length", (lua_Integer)v->evidence_length);
    border_set_text(L, "provider", v->provider);
    border_set_text(L, "blocklist", v->blocklist);
    border_set_number(L, "retry_after", (lua_Integer)v->retry_after);
    border_set_number(L, "stage", (lua_Integer)v->stage);
}

static void border_push_reply(lua_State *L, const struct smtpcodes_reply *reply)
{
    lua_createtable(L, 0, 14);
    border_set_number(L, "code", reply->code);
    border_set_number(L, "first_code", reply->first_code);
    border_push_enhanced(L, &reply->enhanced);
    lua_setfield(L, -2, "enhanced");
    border_set_number(L, "enhanced_start", (lua_Integer)reply->enhanced_start);
    border_set_number(L, "enhanced_length", (lua_Integer)reply->enhanced_length);
    border_set_number(L, "inner_code", reply->inner_code);
    border_push_enhanced(L, &reply->inner_enhanced);
    lua_setfield(L, -2, "inner_enhanced");
    border_set_number(L, "stage", (lua_Integer)reply->stage);
    border_set_number(L, "flags", (lua_Integer)reply->flags);
    border_set_number(L, "line_count", (lua_Integer)reply->line_count);
    border_set_number(L, "start", (lua_Integer)reply->start);
    border_set_number(L, "end", (lua_Integer)reply->end);
    border_set_number(L, "used", (lua_Integer)reply->used);
    border_set_number(L, "error", (lua_Integer)reply->error);
}

/* lines = reply_lines(bytes): what smtpcodes_reply_line gives, copied. */
static int border_reply_lines(lua_State *L)
{
    struct smtpcodes_reply reply;
    struct smtpcodes_span line;
    size_t length, cursor = 0;
    const char *bytes = luaL_checklstring(L, 1, &length);
    int n = 0;
    smtpcodes_reply_parse(bytes, length, &reply);
    lua_newtable(L);
    while (smtpcodes_reply_line(&reply, &cursor, &line)) {
        lua_pushlstring(L, line.bytes, line.length);
        lua_rawseti(L, -2, ++n);
    }
    return 1;
}

/* ---- in: fields of a table; one that is absent is 0 ---- */

/* Pushes the field; returns whether it is there. */
static int border_field(lua_State *L, int index, const char *key, int type)
{
    lua_getfield(L, index, key);
    if (lua_isnil(L, -1)) {
        return 0;
    }
    if (lua_type(L, -1) != type) {
        luaL_error(L, "bad field '%s' (%s expected, got %s)", key, lua_typename(L, type), luaL_typename(L, -1));
    }
    return 1;
}

static int border_get_int(lua_State *L, int index, const char *key)
{
    int value = border_field(L, index, key, LUA_TNUMBER) ? border_int(L, -1) : 0;
    lua_pop(L, 1);
    return value;
}

static uint32_t border_get_bits(lua_State *L, int index, const char *key)
{
    uint32_t value = border_field(L, index, key, LUA_TNUMBER) ? border_bits(L, -1) : 0;
    lua_pop(L, 1);
    return value;
}

/* The string stays on the stack, so that its bytes live until the call is over. */
static const char *border_get_bytes(lua_State *L, int index, const char *key, size_t *length)
{
    *length = 0;
    return border_field(L, index, key, LUA_TSTRING) ? lua_tolstring(L, -1, length) : NULL;
}

static uint16_t border_get_part(lua_State *L, int index, const char *key)
{
    int value = border_get_int(L, index, key);
    if (value < 0 || value > UINT16_MAX) {
        luaL_error(L, "bad field '%s' (out of range)", key);
    }
    return (uint16_t)value;
}

static struct smtpcodes_enhanced_code border_to_enhanced(lua_State *L, int index)
{
    struct smtpcodes_enhanced_code enhanced;
    enhanced.klass = border_get_part(L, index, "klass");
    enhanced.subject = border_get_part(L, index, "subject");
    enhanced.detail = border_get_part(L, index, "detail");
    return enhanced;
}

static void border_to_context(lua_State *L, int index, struct smtpcodes_context *context)
{
    context->stage = (enum smtpcodes_stage)border_get_int(L, index, "stage");
    context->receiver = border_get_bytes(L, index, "receiver", &context->receiver_length);
    context->client = border_get_bytes(L, index, "client", &context->client_length);
}

static void border_to_draft(lua_State *L, int index, struct smtpcodes_draft *draft)
{
    memset(draft, 0, sizeof *draft);
    draft->code = border_get_int(L, index, "code");
    draft->command = border_get_bits(L, index, "command");
    if (border_field(L, index, "enhanced", LUA_TTABLE)) {
        draft->enhanced = border_to_enhanced(L, lua_gettop(L));
    }
    draft->text = border_get_bytes(L, index, "text", &draft->length);
}

#endif
