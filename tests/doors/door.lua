-- Answers the requests of cases.py through one module: lua door.lua MODULE. What each door can be asked is in
-- ask_MODULE.lua: functions by kind of request, which return key, value, key, value or nothing.
local vectors = require "vectors"

local ask = require("ask_" .. assert(arg[1], "which module?"))

local function escape(value)
    if value == nil or value == "" then
        return "-"
    end
    if type(value) == "number" then
        return ("%d"):format(value)
    end
    if value == "-" then
        return "\\x2d"
    end
    return (value:gsub("[^ -Z%[%]^-~]", function(byte)
        return ("\\x%02x"):format(byte:byte())
    end))
end

local function answer(kind, count, ...)
    local line = { kind }
    if count == 0 then
        line[2] = "none"
    end
    for i = 1, count, 2 do
        local key, value = select(i, ...)
        line[#line + 1] = key .. "=" .. escape(value)
    end
    io.write(table.concat(line, "\t"), "\n")
end

local function pack(kind, ...)
    answer(kind, select("#", ...), ...)
end

for line in io.lines() do
    local cells = vectors.split(line, "\t")
    local kind, given = cells[1], {}
    for i = 1, 4 do
        given[i] = cells[i + 1] and vectors.bytes(cells[i + 1])
    end
    if ask[kind] then
        pack(kind, ask[kind](given[1], given[2], given[3], given[4]))
    else
        io.write(kind, "\n")
    end
end
