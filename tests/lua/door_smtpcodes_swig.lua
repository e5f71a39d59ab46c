-- The module smtpcodes_swig in the form that test_vectors.lua asks: the numbers of C as words.
local smtpcodes = require "smtpcodes_swig"

local door = {}

door.template = smtpcodes.template

local function enhanced_text(enhanced)
    local text = smtpcodes.enhanced_write(enhanced)
    return text ~= "" and text or nil
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
    return names
end

function door.code(number)
    local row = smtpcodes.code_find(number)
    return row and {
        code = smtpcodes.code_number(row),
        standing = smtpcodes.standing_name(smtpcodes.code_standing(row)),
        severity = smtpcodes.severity_name(smtpcodes.code_severity(number)),
        category = smtpcodes.category_name(smtpcodes.code_category(number)),
        commands = bit_names(smtpcodes.code_commands(row), smtpcodes.command_name),
        title = smtpcodes.code_title(row),
        explanation = smtpcodes.code_explanation(row),
    }
end

local function enhanced_row(row)
    return row and {
        pattern = smtpcodes.enhanced_pattern(row),
        standing = smtpcodes.standing_name(smtpcodes.enhanced_standing(row)),
        codes = smtpcodes.enhanced_codes(row),
        title = smtpcodes.enhanced_title(row),
        explanation = smtpcodes.enhanced_explanation(row),
    }
end

function door.enhanced(code)
    local klass, subject, detail = code:match "^(-?%d+)%.(-?%d+)%.(-?%d+)$"
    return enhanced_row(smtpcodes.enhanced_find(tonumber(klass), tonumber(subject), tonumber(detail)))
end

function door.nearest(code)
    local klass, subject, detail = code:match "^(-?%d+)%.(-?%d+)%.(-?%d+)$"
    return enhanced_row(smtpcodes.enhanced_nearest(tonumber(klass), tonumber(subject), tonumber(detail)))
end

function door.classify(bytes, stage)
    local context = stage and { stage = smtpcodes.stage_from_name(stage) } or nil
    local verdict = smtpcodes.classify_with(nil, context, bytes)
    local first = verdict.evidence + 1
    return {
        reason = smtpcodes.reason_name(verdict.reason),
        bounce = smtpcodes.bounce_name(verdict.bounce),
        action = smtpcodes.action_name(verdict.action),
        basis = smtpcodes.basis_name(verdict.basis),
        provider = verdict.provider,
        blocklist = verdict.blocklist,
        retry_after = verdict.retry_after >= 0 and verdict.retry_after or nil,
        evidence = verdict.evidence_length > 0 and bytes:sub(first, verdict.evidence + verdict.evidence_length) or nil,
        evidence_offset = verdict.evidence_length > 0 and first or nil,
    }
end

local statuses = {
    [smtpcodes.STATUS_OK] = "ok",
    [smtpcodes.STATUS_MORE] = "more",
    [smtpcodes.STATUS_NOT_A_REPLY] = "not-a-reply",
}

function door.parse(bytes)
    local status, reply = smtpcodes.reply_parse(bytes)
    reply.status = statuses[status]
    reply.enhanced = enhanced_text(reply.enhanced)
    reply.inner_enhanced = enhanced_text(reply.inner_enhanced)
    reply.inner_code = reply.inner_code >= 0 and reply.inner_code or nil
    reply.flags = bit_names(reply.flags, smtpcodes.flag_name)
    reply.stage = reply.stage ~= smtpcodes.STAGE_UNKNOWN and smtpcodes.stage_name(reply.stage) or nil
    reply.lines = smtpcodes.reply_lines(bytes)
    return reply
end

-- What the reader says of all the bytes in one go, and how many it has read.
function door.read(bytes)
    local reader = smtpcodes.reader()
    smtpcodes.reader_start(reader)
    local status = smtpcodes.reader_feed(reader, bytes)
    return statuses[status], reader.offset
end

function door.reason_as(reason, bounce, vocabulary)
    return smtpcodes.reason_as(smtpcodes.reason_from_name(reason), smtpcodes.bounce_from_name(bounce),
        smtpcodes.vocabulary_from_name(vocabulary))
end

-- "!" for no such term
function door.reason_of(vocabulary, term)
    local reason = smtpcodes.reason_of(smtpcodes.vocabulary_from_name(vocabulary), term)
    return reason < 0 and "!" or smtpcodes.reason_name(reason)
end

return door
