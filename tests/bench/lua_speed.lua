-- Nanoseconds that a reply costs from Lua, collecting the garbage included: a figure, as bench_speed prints them.
--   lua tests/bench/lua_speed.lua NAME REPLIES
local smtpcodes = require "smtpcodes"

local name, turns = arg[1], 11
local replies = {}
for line in io.lines(arg[2]) do
    replies[#replies + 1] = line
end

local classify, clock = smtpcodes.classify, os.clock
local times = {}
for turn = 1, turns do
    local start = clock()
    for i = 1, #replies do
        classify(replies[i])
    end
    times[turn] = (clock() - start) / #replies
end
table.sort(times)
print(("lua.%s\t%.1f"):format(name, times[(turns + 1) / 2] * 1e9))
