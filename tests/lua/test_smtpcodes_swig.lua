-- The module smtpcodes_swig: forms, borders and wrong use. What it answers to replies is asked by test_vectors.lua.
local globals = {}
for name in pairs(_G) do
    globals[name] = true
end
local smtpcodes = require "smtpcodes_swig"
local new_globals = {}
for name in pairs(_G) do
    if not globals[name] then
        new_globals[#new_globals + 1] = name
    end
end

local luaunit = require "luaunit"
local support = require "support"

local full = "452 4.2.2 Mailbox of <ann@example.org> is full"

Test_module = {}

function Test_module.test_adds_no_globals()
    luaunit.assertEquals(new_globals, {})
end

-- Every function of the header, but those that are left out for a reason.
function Test_module.test_wraps_every_function()
    local left_out = {
        rules_free = true, -- the collector frees rules
        reply_line = true, -- gives bytes that somebody else owns; reply_lines gives copies
    }
    local count = 0
    for line in io.lines(assert(os.getenv "SMTPCODES_HEADER")) do
        local name = line:match "^SMTPCODES_API.-smtpcodes_([%w_]+)%("
        if name then
            count = count + 1
            luaunit.assertEquals(type(smtpcodes[name]), left_out[name] and "nil" or "function", name)
        end
    end
    luaunit.assertTrue(count > 80)
    luaunit.assertIsFunction(smtpcodes.reply_lines)
end

-- The values are promises: the digit of RFC 5321 4.2.1, and the first and last of each list in enums.h.
function Test_module.test_constants()
    luaunit.assertEquals(smtpcodes.SEVERITY_PERMANENT, 5)
    luaunit.assertEquals(smtpcodes.CATEGORY_MAIL_SYSTEM, 5)
    luaunit.assertEquals(smtpcodes.STANDING_NONSTANDARD, 3)
    luaunit.assertEquals(smtpcodes.SIDE_NETWORK, 5)
    luaunit.assertEquals(smtpcodes.ACTION_REVIEW, 8)
    luaunit.assertEquals(smtpcodes.BOUNCE_UNKNOWN, 4)
    luaunit.assertEquals(smtpcodes.BASIS_PROVIDER, 6)
    luaunit.assertEquals(smtpcodes.STAGE_END_OF_DATA, 8)
    luaunit.assertEquals(smtpcodes.COMMAND_TURN, 0x100000)
    luaunit.assertEquals(smtpcodes.LISTING_GEO, 4)
    luaunit.assertEquals(smtpcodes.FLAG_UNEXPECTED_CODE, 0x10000000)
    luaunit.assertEquals(smtpcodes.STATUS_BAD_TEXT, -5)
    luaunit.assertEquals(smtpcodes.REASON_USER_UNKNOWN, 1)
    luaunit.assertEquals(smtpcodes.CODE_MAILBOX_UNAVAILABLE, 550)
    luaunit.assertEquals(smtpcodes.STYLE_TERMINAL, 1)
    luaunit.assertEquals(smtpcodes.VERSION, smtpcodes.version())
end

function Test_module.test_names_and_reverses()
    for reason = 1, smtpcodes.reason_count() do
        luaunit.assertEquals(smtpcodes.reason_from_name(smtpcodes.reason_name(reason)), reason)
    end
    luaunit.assertNil(smtpcodes.reason_name(smtpcodes.reason_count() + 1))
    luaunit.assertEquals(smtpcodes.reason_from_name "lunch", -1)
    luaunit.assertEquals(smtpcodes.command_from_name "lunch", 0)
end

Test_tables = {}

function Test_tables.test_numbers_that_are_no_codes()
    for _, number in ipairs { 0, -1, 99, 999, 2 ^ 32 + 550, -2 ^ 63, 2 ^ 64, 1 / 0, -1 / 0, 0 / 0 } do
        luaunit.assertNil(smtpcodes.code_find(number))
    end
end

function Test_tables.test_positions()
    luaunit.assertEquals(smtpcodes.code_number(smtpcodes.code_at(0)), 101)
    for _, position in ipairs { -1, smtpcodes.code_count(), 2 ^ 32, 2 ^ 64, 1 / 0, 0 / 0 } do
        luaunit.assertNil(smtpcodes.code_at(position))
        luaunit.assertNil(smtpcodes.enhanced_at(position == smtpcodes.code_count() and 2 ^ 20 or position))
        luaunit.assertEquals(smtpcodes.provider_name(2 ^ 40), "")
    end
end

function Test_tables.test_no_row_says_nothing()
    luaunit.assertEquals(smtpcodes.code_title(nil), "")
    luaunit.assertEquals(smtpcodes.code_number(nil), 0)
end

Test_verdicts = {}

function Test_verdicts.test_fields()
    local verdict = smtpcodes.classify(full)
    luaunit.assertEquals(verdict.code, 452)
    luaunit.assertEquals(verdict.enhanced, { klass = 4, subject = 2, detail = 2 })
    luaunit.assertEquals(verdict.severity, smtpcodes.SEVERITY_TEMPORARY)
    luaunit.assertEquals(verdict.category, smtpcodes.CATEGORY_MAIL_SYSTEM)
    luaunit.assertEquals(verdict.reason, smtpcodes.REASON_MAILBOX_FULL)
    luaunit.assertEquals(verdict.side, smtpcodes.SIDE_RECIPIENT)
    luaunit.assertEquals(verdict.action, smtpcodes.ACTION_RETRY)
    luaunit.assertEquals(verdict.bounce, smtpcodes.BOUNCE_SOFT)
    luaunit.assertEquals(verdict.basis, smtpcodes.BASIS_TEXT)
    luaunit.assertEquals(verdict.retry_after, -1)
    luaunit.assertNil(verdict.provider)
    luaunit.assertEquals(smtpcodes.classify_with(nil, nil, full), verdict)
end

function Test_verdicts.test_rules()
    local rules = assert(smtpcodes.rules_load("mine", support.rule))
    luaunit.assertEquals(smtpcodes.rules_count(rules), 1)
    local verdict = smtpcodes.classify_with(rules, { stage = smtpcodes.STAGE_RCPT, receiver = "mx.example.org" },
        support.rule_reply)
    rules = nil -- luacheck: ignore
    collectgarbage()
    collectgarbage()
    luaunit.assertEquals(verdict.rule, "mailbox-full/cupboard")
    luaunit.assertEquals(verdict.stage, smtpcodes.STAGE_RCPT)
    support.with_file(support.rule, function(path)
        luaunit.assertEquals(smtpcodes.rules_count(smtpcodes.rules_load_file(path)), 1)
    end)
end

function Test_verdicts.test_version_of_rules()
    luaunit.assertStrMatches(smtpcodes.rules_version(nil), ("[0-9a-f]"):rep(8))
    luaunit.assertStrMatches(smtpcodes.rules_version(smtpcodes.rules_load("mine", support.rule)),
        smtpcodes.rules_version(nil) .. "%+" .. ("[0-9a-f]"):rep(8))
end

function Test_verdicts.test_check_of_rules()
    luaunit.assertEquals(smtpcodes.rules_check(nil), "") -- no rules
    luaunit.assertEquals(smtpcodes.rules_check(smtpcodes.rules_load("mine", support.rule)), "")
    local text = {}
    for i = 1, 100 do
        text[i] = ("my/r%d\tspam\tplain\t-\tzebra\t550 lion\tme\n"):format(i)
    end
    local findings = smtpcodes.rules_check(smtpcodes.rules_load("mine", table.concat(text)))
    local _, lines = findings:gsub("\n", "")
    luaunit.assertEquals(lines, 199) -- the first is heard, but not on its example
    luaunit.assertStrContains(findings, 'mine:1: the example of the rule "my/r1" is decided by its code')
end

function Test_verdicts.test_unknown_text()
    luaunit.assertEquals(smtpcodes.text_is_unknown(nil, nil, support.rule_reply), 1)
    luaunit.assertEquals(smtpcodes.text_is_unknown(smtpcodes.rules_load("mine", support.rule), nil,
        support.rule_reply), 0)
end

function Test_verdicts.test_faulty_rules()
    local rules, message = smtpcodes.rules_load("mine", "one column\n")
    luaunit.assertNil(rules)
    luaunit.assertStrContains(message, "mine:1: ")
    rules, message = smtpcodes.rules_load_file "/nonexistent/rules.tsv"
    luaunit.assertNil(rules)
    luaunit.assertStrContains(message, "/nonexistent/rules.tsv")
end

Test_replies = {}

function Test_replies.test_fields()
    local bytes = "550-5.1.1 No such user\r\n550 5.1.1 here\r\n"
    local status, reply = smtpcodes.reply_parse(bytes)
    luaunit.assertEquals(status, smtpcodes.STATUS_OK)
    luaunit.assertEquals(reply.code, 550)
    luaunit.assertEquals(reply.enhanced, { klass = 5, subject = 1, detail = 1 })
    luaunit.assertEquals(reply.line_count, 2)
    luaunit.assertEquals(reply.start, 0)
    luaunit.assertEquals(reply["end"], #bytes - 2)
    luaunit.assertEquals(reply.used, #bytes)
    luaunit.assertEquals(smtpcodes.reply_lines(bytes), { "No such user", "here" })
end

-- RFC 2034 4: no enhanced code in an answer to EHLO.
function Test_replies.test_check()
    luaunit.assertEquals(smtpcodes.reply_check("250 2.0.0 mx.example.org\r\n", smtpcodes.COMMAND_EHLO),
        smtpcodes.FLAG_ENHANCED_UNWANTED)
    luaunit.assertEquals(smtpcodes.reply_check("250 mx.example.org\r\n", smtpcodes.COMMAND_EHLO), 0)
end

function Test_replies.test_write()
    local status, text = smtpcodes.reply_write {
        code = 550, enhanced = { klass = 5, subject = 1, detail = 1 }, command = smtpcodes.COMMAND_RCPT,
        text = "No such user\nhere",
    }
    luaunit.assertEquals(status, smtpcodes.STATUS_OK)
    luaunit.assertEquals(text, "550-5.1.1 No such user\r\n550 5.1.1 here\r\n")
    luaunit.assertEquals({ smtpcodes.reply_write { code = 99 } }, { smtpcodes.STATUS_BAD_CODE, "" })
end

function Test_replies.test_long_write()
    local _, text = smtpcodes.reply_write { code = 250, text = ("x\n"):rep(70000) .. "x" }
    luaunit.assertEquals(text, ("250-x\r\n"):rep(70000) .. "250 x\r\n")
end

function Test_replies.test_reader()
    local reader = smtpcodes.reader()
    smtpcodes.reader_start(reader)
    luaunit.assertEquals({ smtpcodes.reader_feed(reader, "250-a\r\n250 ") }, { smtpcodes.STATUS_MORE, 11 })
    luaunit.assertEquals({ smtpcodes.reader_feed(reader, "b\r\n220 c\r\n") }, { smtpcodes.STATUS_OK, 3 })
    luaunit.assertEquals(reader.code, 250)
end

Test_texts = {}

function Test_texts.test_enhanced_code_and_back()
    local is_one, code = smtpcodes.enhanced_parse "5.7.26"
    luaunit.assertEquals(is_one, 1)
    luaunit.assertEquals(code, { klass = 5, subject = 7, detail = 26 })
    luaunit.assertEquals(smtpcodes.enhanced_write(code), "5.7.26")
    luaunit.assertEquals((smtpcodes.enhanced_parse "5.7"), 0)
end

function Test_texts.test_explain()
    local page, understood = smtpcodes.explain("550", smtpcodes.STYLE_PLAIN)
    luaunit.assertStrContains(page, "MAILBOX_UNAVAILABLE")
    luaunit.assertTrue(understood)
    luaunit.assertFalse(select(2, smtpcodes.explain("599", smtpcodes.STYLE_PLAIN)))
    luaunit.assertStrContains(smtpcodes.explain("550", smtpcodes.STYLE_TERMINAL), "\27[")
end

function Test_texts.test_long_template()
    luaunit.assertEquals(smtpcodes.template(("word "):rep(100000) .. "end"), ("word "):rep(100000) .. "end")
end

Test_wrong_use = {}

function Test_wrong_use.test_types()
    support.assert_refused(smtpcodes.classify)
    support.assert_refused(smtpcodes.classify, nil)
    support.assert_refused(smtpcodes.classify, {})
    support.assert_refused(smtpcodes.classify, full, full)
    support.assert_refused(smtpcodes.classify_with, nil, "rcpt", full)
    support.assert_refused(smtpcodes.classify_with, nil, { receiver = 1 }, full)
    support.assert_refused(smtpcodes.classify_with, smtpcodes.reader(), nil, full)
    support.assert_refused(smtpcodes.reason_from_name, nil)
    support.assert_refused(smtpcodes.reason_name, "mailbox-full")
    support.assert_refused(smtpcodes.rules_count, smtpcodes.code_at(0))
    support.assert_refused(smtpcodes.reader_feed, nil, full)
    support.assert_refused(smtpcodes.reader_start, nil)
    support.assert_refused(smtpcodes.reply_write, "550")
    support.assert_refused(smtpcodes.reply_write, { code = "550" })
    support.assert_refused(smtpcodes.reply_write, { code = 550, enhanced = "5.1.1" })
    support.assert_refused(smtpcodes.enhanced_write, { klass = 5, subject = 70000 })
end

Test_hostile = {}

for _, case in ipairs(support.hostile()) do
    Test_hostile["test_" .. case[1]:gsub("%W", "_")] = function()
        local bytes = case[2]
        luaunit.assertIsString(smtpcodes.reason_name(smtpcodes.classify(bytes).reason))
        luaunit.assertIsString(smtpcodes.template(bytes))
        luaunit.assertIsString(smtpcodes.explain(bytes, smtpcodes.STYLE_PLAIN))
        local status, reply = smtpcodes.reply_parse(bytes)
        if bytes:find "^%d%d%d" then
            luaunit.assertEquals(status, smtpcodes.STATUS_OK)
            luaunit.assertEquals(reply.used, #bytes)
            luaunit.assertEquals(#smtpcodes.reply_lines(bytes), reply.line_count)
        else
            luaunit.assertEquals(status, smtpcodes.STATUS_NOT_A_REPLY)
        end
    end
end

support.run "the module smtpcodes_swig"
