-- Nanoseconds that one classify takes on the reply given as the argument, collecting the garbage included: the least of
-- many passes. tests/bench/lua_cost.sh runs it and sets it beside the call in C.
local smtpcodes = require "smtpcodes"

local reply = arg[1]
local passes, calls = 40, 20000
local classify, clock = smtpcodes.classify, os.clock
local least = math.huge
for _ = 1, passes do
    local start = clock()
    for _ = 1, calls do
        classify(reply)
    end
    least = math.min(least, (clock() - start) / calls)
end
print(("%.0f"):format(least * 1e9))
