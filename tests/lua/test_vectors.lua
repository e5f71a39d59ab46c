-- Puts the tables of tests/vectors through one module: a test for each row. lua test_vectors.lua MODULE [OPTION...]
local luaunit = require "luaunit"
local vectors = require "vectors"

local module = assert(table.remove(arg, 1), "which module?")
local door = require("door_" .. module)

local counts = {}

-- A test for each row of a file. Global, as luaunit finds its tests by their names.
local function each_row(file, check)
    local tests = {}
    for _, row in ipairs(vectors.rows(file)) do
        tests[("test_%03d"):format(row.line)] = function()
            check(row)
        end
        counts[#counts + 1] = file
    end
    _G["Test_" .. file:gsub("%.tsv$", "")] = tests
end

-- The word is one of those that the cell allows; "-" is none.
local function assert_cell(what, word, cell)
    word = word == nil and "-" or type(word) == "number" and ("%d"):format(word) or word
    if not vectors.one_of(word, cell) then
        luaunit.fail(("%s: '%s', not '%s'"):format(what, word, cell))
    end
end

local function set_of(list)
    local set = {}
    for _, name in ipairs(list) do
        set[name] = true
    end
    return set
end

local function joined(list)
    local copy = {}
    for i, name in ipairs(list) do
        copy[i] = name
    end
    table.sort(copy)
    return table.concat(copy, ",")
end

-- Does text have a word of the alternatives "word|begin*"?
local function has_alternative(text, alternatives)
    for word in text:lower():gmatch "%w+" do
        for _, alternative in ipairs(vectors.split(alternatives, "|")) do
            local start = alternative:match "^(.*)%*$"
            if word == alternative or start and word:sub(1, #start) == start then
                return true
            end
        end
    end
    return false
end

each_row("codes.tsv", function(row)
    local code = door.code(tonumber(row.code))
    if row.standing == "-" then
        luaunit.assertNil(code)
        return
    end
    luaunit.assertEquals(code.code, tonumber(row.code))
    luaunit.assertEquals(code.standing, row.standing)
    luaunit.assertEquals(code.severity, row.severity)
    luaunit.assertEquals(code.category, row.category)
    local commands = set_of(code.commands)
    if row.commands == "any" then -- of 21; the greeting may be left out
        luaunit.assertEquals(#code.commands, commands.connect and 21 or 20)
    elseif row.commands ~= "-" then
        for _, command in ipairs(vectors.split(row.commands, ",")) do
            luaunit.assertTrue(commands[command], command)
        end
    end
end)

each_row("seed.tsv", function(row)
    local code = door.code(tonumber(row.code))
    luaunit.assertEquals(code.severity, row.severity)
    for _, alternatives in ipairs(vectors.split(row.words, " ")) do
        luaunit.assertTrue(has_alternative(code.title .. " " .. code.explanation, alternatives), alternatives)
    end
end)

each_row("enhanced.tsv", function(row)
    for _, code in ipairs(vectors.split(row.codes, ",")) do
        local found = door.enhanced(code)
        luaunit.assertEquals(found and found.pattern or "-", row.find, code)
        local nearest = found
        if door.nearest then
            nearest = door.nearest(code)
            luaunit.assertEquals(nearest and nearest.pattern or "-", row.nearest, code)
        end
        if nearest then
            assert_cell("standing", nearest.standing, row.standing == "-" and "*" or row.standing)
        end
        if found and row.basic ~= "-" then
            for _, basic in ipairs(vectors.split(row.basic, ",")) do
                luaunit.assertTrue(vectors.one_of(basic, found.codes, ","), basic)
            end
        end
    end
end)

each_row("replies.tsv", function(row)
    local bytes = vectors.bytes(row.reply)
    local reply = door.parse(bytes)
    assert_cell("status", reply.status, row.status)
    if door.read then
        local status, offset = door.read(bytes)
        assert_cell("reader", status, row.reader)
        assert_cell("offset", offset, row.offset)
    end
    if reply.status == "not-a-reply" then
        if row.reader == "not-a-reply" then
            luaunit.assertEquals(reply.error, tonumber(row.offset))
        end
        return
    end
    assert_cell("code", reply.code, row.code)
    assert_cell("first", reply.first_code, row.first)
    assert_cell("enhanced", reply.enhanced, row.enhanced)
    assert_cell("stage", reply.stage or "unknown", row.stage)
    assert_cell("used", reply.used, row.used)
    local inner = reply.inner_code and ("%d"):format(reply.inner_code)
    assert_cell("inner", inner and reply.inner_enhanced and inner .. " " .. reply.inner_enhanced or inner, row.inner)
    if row.flags ~= "*" then
        local wanted = {}
        for _, choice in ipairs(vectors.split(row.flags, "/")) do
            wanted[choice == "-" and "" or joined(vectors.split(choice, ","))] = true
        end
        luaunit.assertTrue(wanted[joined(reply.flags)], "flags: " .. joined(reply.flags) .. ", not " .. row.flags)
    end
    if row.lines ~= "*" then
        local lines = vectors.split(row.lines == "-" and "" or row.lines, "|")
        for i, line in ipairs(lines) do
            lines[i] = line == "" and "" or vectors.bytes(line)
        end
        luaunit.assertEquals(reply.lines, lines)
    end
end)

each_row("classify.tsv", function(row)
    local bytes = vectors.bytes(row.reply)
    local verdict = door.classify(bytes, row.stage ~= "-" and row.stage or nil)
    for _, word in ipairs { "reason", "bounce", "action", "basis", "provider", "blocklist", "retry_after" } do
        assert_cell(word, verdict[word], row[word])
    end
    if verdict.evidence then
        local first = verdict.evidence_offset
        luaunit.assertEquals(bytes:sub(first, first + #verdict.evidence - 1), verdict.evidence)
    end
    if row.evidence == "-" then
        luaunit.assertNil(verdict.evidence)
    elseif row.evidence ~= "*" then
        luaunit.assertStrContains(verdict.evidence, vectors.bytes(row.evidence))
    end
end)

each_row("templates.tsv", function(row)
    luaunit.assertEquals(door.template(vectors.bytes(row.reply)), vectors.bytes(row.template))
end)

each_row("vocabularies.tsv", function(row)
    if row.reply ~= "*" then
        local verdict = door.classify(vectors.bytes(row.reply))
        luaunit.assertEquals({ verdict.reason, verdict.bounce }, { row.reason, row.bounce })
    end
    if row.reason ~= "*" then
        luaunit.assertEquals(door.reason_as(row.reason, row.bounce, row.vocabulary) or "-", row.term)
    end
    if row.back ~= "*" then
        luaunit.assertEquals(door.reason_of(row.vocabulary, row.term) or "-", row.back)
    end
end)

local failures = luaunit.LuaUnit.run()
print(("%s: %d rows through %s"):format(_VERSION, #counts, module))
os.exit(failures == 0 and 0 or 1, true)
