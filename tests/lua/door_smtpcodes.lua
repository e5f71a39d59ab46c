-- The module smtpcodes in the form that test_vectors.lua asks. It gives words as the tables have them.
local smtpcodes = require "smtpcodes"

local door = {}

door.code = smtpcodes.code
door.template = smtpcodes.template

function door.classify(bytes, stage)
    return smtpcodes.classify(bytes, stage and { stage = stage })
end

function door.enhanced(code)
    return smtpcodes.enhanced(code)
end

function door.parse(bytes)
    local reply, _, offset = smtpcodes.parse(bytes)
    if not reply then
        return { status = "not-a-reply", error = offset - 1 }
    end
    local incomplete = false
    for _, flag in ipairs(reply.flags) do
        incomplete = incomplete or flag == "incomplete"
    end
    reply.status = incomplete and "more" or "ok"
    return reply
end

door.reason_as = smtpcodes.reason_as

-- "!" for no such term
function door.reason_of(vocabulary, term)
    local reason, message = smtpcodes.reason_of(vocabulary, term)
    return message and "!" or reason
end

return door
