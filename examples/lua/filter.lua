-- What a mail filter does with the answers of other servers: reads one a line and says for each whether to go on, when
-- to try again, or to give the address up. Runs on Lua 5.1 to 5.4 and LuaJIT: lua filter.lua [RULES] <replies.txt
local smtpcodes = require "smtpcodes"

local rules
if arg[1] then
    rules = assert(smtpcodes.rules(arg[1])) -- rules of your own go before the built-in ones: docs/rules.md
end

-- What is done for each kind of bounce. The verdict has thought: nothing here looks at codes or words.
local decide = {
    none = function()
        return "go on"
    end,
    soft = function(verdict)
        return ("try again in %d minutes"):format(math.ceil((verdict.retry_after or 1800) / 60))
    end,
    hard = function()
        return "drop the address"
    end,
    block = function(verdict)
        return "keep the address, tell the postmaster" .. (verdict.blocklist and " of " .. verdict.blocklist or "")
    end,
    unknown = function()
        return "show it to a person"
    end,
}

local context = { stage = "rcpt" } -- these servers answered RCPT TO
for line in io.lines() do
    local verdict = smtpcodes.classify(line, context, rules)
    print(("%-13s %s"):format(verdict.reason, decide[verdict.bounce](verdict)))
end
