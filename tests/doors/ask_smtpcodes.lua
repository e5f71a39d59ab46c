-- What the module smtpcodes can be asked. It gives words, and nil for what is absent.
local smtpcodes = require "smtpcodes"

local ask = {}

local function given(text)
    return text ~= "" and text or nil
end

function ask.code(number)
    local row = smtpcodes.code(tonumber(number))
    if not row then
        return
    end
    return "code", row.code, "name", row.name, "title", row.title, "explanation", row.explanation,
        "reference", row.reference, "severity", row.severity, "category", row.category, "standing", row.standing,
        "commands", table.concat(row.commands, ","), "reason", row.reason, "action", row.action
end

function ask.enhanced(code)
    local row = smtpcodes.enhanced(code)
    if not row then
        return
    end
    return "pattern", row.pattern, "name", row.name, "title", row.title, "explanation", row.explanation,
        "reference", row.reference, "standing", row.standing, "reason", row.reason, "codes", row.codes
end

function ask.parse(bytes)
    local reply, message, offset = smtpcodes.parse(bytes)
    if not reply then
        return "status", message, "error", offset - 1
    end
    local status = "success"
    for _, flag in ipairs(reply.flags) do
        if flag == "incomplete" then
            status = "the reply is not complete yet"
        end
    end
    local lines = #reply.lines > 0 and table.concat(reply.lines, "\n") .. "\n" or ""
    assert(lines == "" and reply.text == "" or lines == reply.text .. "\n")
    return "status", status, "code", reply.code, "first", reply.first_code, "enhanced", reply.enhanced,
        "count", #reply.lines, "lines", lines, "flags", table.concat(reply.flags, ","), "stage", reply.stage,
        "inner", reply.inner_code, "inner_enhanced", reply.inner_enhanced, "used", reply.used
end

local function verdict(v)
    return "code", v.code, "enhanced", v.enhanced, "severity", v.severity, "category", v.category,
        "reason", v.reason, "side", v.side, "action", v.action, "bounce", v.bounce, "basis", v.basis,
        "confidence", v.confidence, "rule", v.rule, "evidence", v.evidence, "provider", v.provider,
        "blocklist", v.blocklist, "retry_after", v.retry_after, "stage", v.stage,
        "evidence_start", v.evidence_offset and v.evidence_offset - 1
end

function ask.classify(bytes, stage, receiver, client)
    return verdict(smtpcodes.classify(bytes,
        { stage = given(stage), receiver = given(receiver), client = given(client) }))
end

ask["as"] = function(vocabulary, reply)
    local v = smtpcodes.classify(reply)
    return "term", smtpcodes.reason_as(v.reason, v.bounce, vocabulary)
end

function ask.reason_as(reason, bounce, vocabulary)
    return "term", smtpcodes.reason_as(reason, bounce, vocabulary)
end

function ask.reason_of(vocabulary, term)
    local reason, message = smtpcodes.reason_of(vocabulary, term)
    if message then
        return
    end
    return "reason", reason
end

-- The module loads rules from files only: the folder that the test runs in is its own.
function ask.rules(text, reply)
    local file = assert(io.open("rules.tsv", "wb"))
    file:write(text)
    file:close()
    local rules, message = smtpcodes.rules "rules.tsv"
    if not rules then
        return "message", message
    end
    local findings = table.concat(smtpcodes.rules_check(rules), "\n")
    return "message", nil, "findings", findings == "" and "" or findings .. "\n",
        "version", smtpcodes.rules_version(rules),
        "unknown", smtpcodes.text_is_unknown(reply, nil, rules) and 1 or 0,
        "count", tonumber(tostring(rules):match "%((%d+)%)"),
        verdict(smtpcodes.classify(reply, nil, rules))
end

function ask.template(bytes)
    return "template", smtpcodes.template(bytes)
end

function ask.explain(query)
    local page, understood = smtpcodes.explain(query)
    return "page", page, "understood", understood and 1 or 0
end

function ask.compose(code, enhanced, command, text)
    local reply, message =
        smtpcodes.compose { code = tonumber(code), enhanced = given(enhanced), command = given(command), text = text }
    if not reply then
        return "status", message
    end
    return "status", "success", "reply", reply
end

return ask
