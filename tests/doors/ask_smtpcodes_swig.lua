-- What the module smtpcodes_swig can be asked: the functions of C, with numbers where C has numbers.
local smtpcodes = require "smtpcodes_swig"

local ask = {}

local function from_zero(number)
    return number >= 0 and number or nil
end

-- Names of the bits of a set, the lowest first.
local function bit_names(set, name)
    local names, bit = {}, 1
    while set > 0 do
        if set % 2 == 1 then
            names[#names + 1] = name(bit)
        end
        set, bit = (set - set % 2) / 2, bit * 2
    end
    return table.concat(names, ",")
end

local function stage_name(stage)
    return stage ~= smtpcodes.STAGE_UNKNOWN and smtpcodes.stage_name(stage) or nil
end

function ask.code(number)
    local row = smtpcodes.code_find(tonumber(number))
    if not row then
        return
    end
    local code = smtpcodes.code_number(row)
    return "code", code, "name", smtpcodes.code_name(row), "title", smtpcodes.code_title(row),
        "explanation", smtpcodes.code_explanation(row), "reference", smtpcodes.code_reference(row),
        "severity", smtpcodes.severity_name(smtpcodes.code_severity(code)),
        "category", smtpcodes.category_name(smtpcodes.code_category(code)),
        "standing", smtpcodes.standing_name(smtpcodes.code_standing(row)),
        "commands", bit_names(smtpcodes.code_commands(row), smtpcodes.command_name),
        "reason", smtpcodes.reason_name(smtpcodes.code_reason(row)),
        "action", smtpcodes.action_name(smtpcodes.code_action(row))
end

function ask.digits(number)
    return "severity", smtpcodes.severity_name(smtpcodes.code_severity(tonumber(number))),
        "category", smtpcodes.category_name(smtpcodes.code_category(tonumber(number)))
end

local function enhanced_row(row)
    if not row then
        return
    end
    return "pattern", smtpcodes.enhanced_pattern(row), "name", smtpcodes.enhanced_name(row),
        "title", smtpcodes.enhanced_title(row), "explanation", smtpcodes.enhanced_explanation(row),
        "reference", smtpcodes.enhanced_reference(row),
        "standing", smtpcodes.standing_name(smtpcodes.enhanced_standing(row)),
        "reason", smtpcodes.reason_name(smtpcodes.enhanced_reason(row)), "codes", smtpcodes.enhanced_codes(row)
end

function ask.enhanced(text)
    local read, code = smtpcodes.enhanced_parse(text)
    return enhanced_row(read == 1 and smtpcodes.enhanced_find(code.klass, code.subject, code.detail) or nil)
end

function ask.nearest(klass, subject, detail)
    return enhanced_row(smtpcodes.enhanced_nearest(tonumber(klass), tonumber(subject), tonumber(detail)))
end

function ask.parse(bytes)
    local status, reply = smtpcodes.reply_parse(bytes)
    local message = smtpcodes.strstatus(status)
    if status == smtpcodes.STATUS_NOT_A_REPLY then
        return "status", message, "error", reply.error
    end
    local lines = smtpcodes.reply_lines(bytes)
    assert(#lines == reply.line_count)
    return "status", message, "code", reply.code, "first", reply.first_code,
        "enhanced", smtpcodes.enhanced_write(reply.enhanced), "count", reply.line_count,
        "lines", #lines > 0 and table.concat(lines, "\n") .. "\n" or "",
        "flags", bit_names(reply.flags, smtpcodes.flag_name), "stage", stage_name(reply.stage),
        "inner", from_zero(reply.inner_code), "inner_enhanced", smtpcodes.enhanced_write(reply.inner_enhanced),
        "used", reply.used
end

function ask.reader(bytes)
    local reader = smtpcodes.reader()
    smtpcodes.reader_start(reader)
    local status, used = smtpcodes.reader_feed(reader, bytes)
    return "status", smtpcodes.strstatus(status), "used", used
end

local function verdict(bytes, v)
    local has_evidence = v.evidence_length > 0
    return "code", from_zero(v.code), "enhanced", smtpcodes.enhanced_write(v.enhanced),
        "severity", smtpcodes.severity_name(v.severity), "category", smtpcodes.category_name(v.category),
        "reason", smtpcodes.reason_name(v.reason), "side", smtpcodes.side_name(v.side),
        "action", smtpcodes.action_name(v.action), "bounce", smtpcodes.bounce_name(v.bounce),
        "basis", smtpcodes.basis_name(v.basis), "confidence", v.confidence, "rule", v.rule,
        "evidence", has_evidence and bytes:sub(v.evidence + 1, v.evidence + v.evidence_length) or nil,
        "provider", v.provider, "blocklist", v.blocklist, "retry_after", from_zero(v.retry_after),
        "stage", stage_name(v.stage), "evidence_start", has_evidence and v.evidence or nil
end

function ask.classify(bytes, stage, receiver, client)
    local context = {
        stage = stage ~= "" and smtpcodes.stage_from_name(stage) or nil,
        receiver = receiver,
        client = client,
    }
    return verdict(bytes, smtpcodes.classify_with(nil, context, bytes))
end

ask["as"] = function(vocabulary, reply)
    local v = smtpcodes.classify(reply)
    return "term", smtpcodes.reason_as(v.reason, v.bounce, smtpcodes.vocabulary_from_name(vocabulary))
end

function ask.reason_as(reason, bounce, vocabulary)
    return "term", smtpcodes.reason_as(smtpcodes.reason_from_name(reason), smtpcodes.bounce_from_name(bounce),
        smtpcodes.vocabulary_from_name(vocabulary))
end

function ask.reason_of(vocabulary, term)
    local reason = smtpcodes.reason_of(smtpcodes.vocabulary_from_name(vocabulary), term)
    if reason < 0 then
        return
    end
    return "reason", smtpcodes.reason_name(reason)
end

function ask.rules(text, reply)
    local rules, message = smtpcodes.rules_load("rules.tsv", text)
    if not rules then
        return "message", message
    end
    return "message", nil, "findings", smtpcodes.rules_check(rules), "version", smtpcodes.rules_version(rules),
        "unknown", smtpcodes.text_is_unknown(rules, nil, reply), "count", smtpcodes.rules_count(rules),
        verdict(reply, smtpcodes.classify_with(rules, nil, reply))
end

function ask.template(bytes)
    return "template", smtpcodes.template(bytes)
end

function ask.explain(query)
    local page, understood = smtpcodes.explain(query, smtpcodes.STYLE_PLAIN)
    return "page", page, "understood", understood and 1 or 0
end

function ask.compose(code, enhanced, command, text)
    local _, parts = smtpcodes.enhanced_parse(enhanced)
    local status, reply = smtpcodes.reply_write {
        code = tonumber(code),
        enhanced = enhanced ~= "" and parts or nil,
        command = command ~= "" and smtpcodes.command_from_name(command) or nil,
        text = text,
    }
    if status ~= smtpcodes.STATUS_OK then
        return "status", smtpcodes.strstatus(status)
    end
    return "status", smtpcodes.strstatus(status), "reply", reply
end

return ask
