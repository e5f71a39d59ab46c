/* What lsmtpcodes.c uses of Lua 5.2 and newer, for Lua 5.1 and LuaJIT. Nothing else knows of versions. */
#ifndef SMTPCODES_LUA_COMPAT_H
#define SMTPCODES_LUA_COMPAT_H

#include <lauxlib.h>
#include <lua.h>

#if LUA_VERSION_NUM < 502

/* Lua 5.1 cannot tell its version. But no newer Lua has the function luaL_register, so a module that needs it is
 * refused there by the dynamic linker, before any of it runs. This registers nothing. */
static void compat_checkversion(lua_State *L)
{
    static const luaL_Reg nothing[] = {{NULL, NULL}};
    lua_newtable(L);
    luaL_register(L, NULL, nothing);
    lua_pop(L, 1);
}

/* As in 5.2: every function of the list goes into the table below the upvalues and gets copies of them. */
static void compat_setfuncs(lua_State *L, const luaL_Reg *list, int upvalues)
{
    for (; list->name; list++) {
        for (int i = 0; i < upvalues; i++) {
            lua_pushvalue(L, -upvalues);
        }
        lua_pushcclosure(L, list->func, upvalues);
        lua_setfield(L, -(upvalues + 2), list->name);
    }
    lua_pop(L, upvalues);
}

/* By macro: the headers of LuaJIT declare some of these beside a version of 5.1. */
#undef luaL_checkversion
#undef luaL_setfuncs
#define luaL_checkversion(L) compat_checkversion(L)
#define luaL_setfuncs(L, list, upvalues) compat_setfuncs(L, list, upvalues)

#endif

#endif
