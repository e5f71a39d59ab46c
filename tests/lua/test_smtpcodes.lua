-- The module smtpcodes: forms, borders and wrong use. What it answers to replies is asked by test_vectors.lua.
local globals = {}
for name in pairs(_G) do
    globals[name] = true
end
local smtpcodes = require "smtpcodes"
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

function Test_module.test_names()
    local names = {}
    for name in pairs(smtpcodes) do
        names[#names + 1] = name
    end
    table.sort(names)
    luaunit.assertEquals(names, { "_VERSION", "classify", "code", "codes", "compose", "enhanced", "explain", "parse",
        "reason_as", "reason_of", "rules", "rules_check", "rules_version", "template", "text_is_unknown" })
end

function Test_module.test_version()
    luaunit.assertStrMatches(smtpcodes._VERSION, "%d+%.%d+%.%d+")
end

Test_vocabularies = {}

function Test_vocabularies.test_there()
    local verdict = smtpcodes.classify(full)
    luaunit.assertEquals(smtpcodes.reason_as(verdict.reason, verdict.bounce, "ses"), "Transient/MailboxFull")
    luaunit.assertNil(smtpcodes.reason_as("accepted", "none", "ses"))
end

function Test_vocabularies.test_back()
    luaunit.assertEquals({ smtpcodes.reason_of("sparkpost", "22") }, { "mailbox-full" })
    luaunit.assertEquals(smtpcodes.reason_of("sparkpost", 22), "mailbox-full")
    luaunit.assertEquals(select("#", smtpcodes.reason_of("sparkpost", "20")), 1)
    luaunit.assertNil((smtpcodes.reason_of("sparkpost", "20")))
    luaunit.assertNil((smtpcodes.reason_of("sparkpost", "22\0")))
    local reason, message = smtpcodes.reason_of("sparkpost", "99")
    luaunit.assertNil(reason)
    luaunit.assertEquals(message, "'99' is no term of sparkpost")
end

function Test_vocabularies.test_wrong_use()
    support.assert_refused(smtpcodes.reason_as, "bad-mood", "hard", "ses")
    support.assert_refused(smtpcodes.reason_as, "spam", "springy", "ses")
    support.assert_refused(smtpcodes.reason_as, "spam", "block", "acme")
    support.assert_refused(smtpcodes.reason_as, "spam", "block")
    support.assert_refused(smtpcodes.reason_as, {}, "block", "ses")
    support.assert_refused(smtpcodes.reason_of, "acme", "22")
    support.assert_refused(smtpcodes.reason_of, "ses")
    support.assert_refused(smtpcodes.reason_of, "ses", {})
end

Test_classify = {}

function Test_classify.test_words()
    local verdict = smtpcodes.classify(full)
    luaunit.assertEquals(verdict.code, 452)
    luaunit.assertEquals(verdict.enhanced, "4.2.2")
    luaunit.assertEquals(verdict.severity, "temporary")
    luaunit.assertEquals(verdict.category, "mail-system")
    luaunit.assertEquals(verdict.reason, "mailbox-full")
    luaunit.assertEquals(verdict.side, "recipient")
    luaunit.assertEquals(verdict.action, "retry")
    luaunit.assertEquals(verdict.bounce, "soft")
    luaunit.assertEquals(verdict.basis, "text")
    luaunit.assertStrMatches(verdict.rule, "mailbox%-full/[a-z0-9-]+")
    luaunit.assertTrue(verdict.confidence > 0 and verdict.confidence <= 100)
    luaunit.assertStrContains(verdict.evidence, "full")
    local first = verdict.evidence_offset
    luaunit.assertEquals(full:sub(first, first + #verdict.evidence - 1), verdict.evidence)
    for _, absent in ipairs { "provider", "blocklist", "retry_after", "stage" } do
        luaunit.assertNil(verdict[absent], absent)
    end
end

function Test_classify.test_every_word_there_is()
    local verdict = smtpcodes.classify(
        "host mx.google.com said: 421 4.7.0 Try again in 10 minutes, 192.0.2.1 is blocked using zen.spamhaus.org. "
        .. "gsmtp (in reply to RCPT TO command)")
    luaunit.assertEquals(verdict.provider, "google")
    luaunit.assertEquals(verdict.blocklist, "spamhaus-zen")
    luaunit.assertEquals(verdict.retry_after, 600)
    luaunit.assertEquals(verdict.stage, "rcpt")
end

function Test_classify.test_no_word_beside_these()
    local known = {}
    for name in ("code enhanced severity category reason side action bounce basis confidence rule evidence "
        .. "evidence_offset provider blocklist retry_after stage"):gmatch "%S+" do
        known[name] = true
    end
    for _, reply in ipairs { "", "250 OK", full, "550 5.1.1 No such user", "no reply at all" } do
        for name in pairs(smtpcodes.classify(reply)) do
            luaunit.assertTrue(known[name], name)
        end
    end
end

function Test_classify.test_nothing_known()
    local verdict = smtpcodes.classify ""
    luaunit.assertNil(verdict.code)
    luaunit.assertNil(verdict.enhanced)
    luaunit.assertNil(verdict.evidence)
    luaunit.assertNil(verdict.evidence_offset)
    luaunit.assertEquals(verdict.severity, "unknown")
    luaunit.assertEquals(verdict.category, "unknown")
    luaunit.assertEquals(verdict.reason, "unknown")
    luaunit.assertEquals(verdict.bounce, "unknown")
    luaunit.assertEquals(verdict.basis, "none")
end

function Test_classify.test_each_verdict_is_a_table_of_its_own()
    local first = smtpcodes.classify(full)
    first.reason = "spoilt"
    luaunit.assertEquals(smtpcodes.classify(full).reason, "mailbox-full")
end

function Test_classify.test_context()
    luaunit.assertEquals(smtpcodes.classify(full, { stage = "rcpt" }).stage, "rcpt")
    luaunit.assertEquals(smtpcodes.classify(full, {}), smtpcodes.classify(full))
    luaunit.assertEquals(smtpcodes.classify(full, nil, nil), smtpcodes.classify(full))
    luaunit.assertEquals(
        smtpcodes.classify("550 192.0.2.1 refused", { receiver = "mx.example.org", client = "192.0.2.1" }).code, 550)
end

function Test_classify.test_wrong_use()
    local classify = smtpcodes.classify
    support.assert_refused(classify)
    for _, wrong in ipairs { true, {}, print, coroutine.create(function() end) } do
        support.assert_refused(classify, wrong)
        support.assert_refused(classify, full, nil, wrong)
    end
    support.assert_refused(classify, full, "rcpt")
    support.assert_refused(classify, full, { stage = "lunch" })
    support.assert_refused(classify, full, { stage = {} })
    support.assert_refused(classify, full, { receiver = true })
    support.assert_refused(classify, full, { client = {} })
    support.assert_refused(classify, full, nil, io.stdout)
end

Test_rules = {}

function Test_rules.test_come_before_the_built_in_ones()
    support.with_file(support.rule, function(path)
        local rules = assert(smtpcodes.rules(path))
        luaunit.assertEquals(#rules, 1)
        luaunit.assertEquals(smtpcodes.classify(support.rule_reply, nil, rules).rule, "mailbox-full/cupboard")
        luaunit.assertNotEquals(smtpcodes.classify(support.rule_reply).rule, "mailbox-full/cupboard")
    end)
end

function Test_rules.test_version()
    luaunit.assertStrMatches(smtpcodes.rules_version(), ("[0-9a-f]"):rep(8))
    support.with_file(support.rule, function(path)
        local rules = assert(smtpcodes.rules(path))
        luaunit.assertStrMatches(smtpcodes.rules_version(rules),
            smtpcodes.rules_version(nil) .. "%+" .. ("[0-9a-f]"):rep(8))
    end)
    support.assert_refused(smtpcodes.rules_version, "rules")
end

function Test_rules.test_explain()
    support.with_file(support.rule, function(path)
        local rules = assert(smtpcodes.rules(path))
        luaunit.assertStrContains((smtpcodes.explain(support.rule_reply, rules)), "rule mailbox-full/cupboard (field)")
        luaunit.assertNotStrContains((smtpcodes.explain(support.rule_reply, nil)), "cupboard (field)")
    end)
    support.assert_refused(smtpcodes.explain, "550", "rules")
end

function Test_rules.test_check()
    support.with_file(support.rule, function(path)
        luaunit.assertEquals(smtpcodes.rules_check(smtpcodes.rules(path)), {})
    end)
    local text = {}
    for i = 1, 100 do
        text[i] = ("my/r%d\tspam\tplain\t-\tzebra\t550 lion\tme\n"):format(i)
    end
    support.with_file(table.concat(text), function(path)
        local lines = smtpcodes.rules_check(smtpcodes.rules(path))
        luaunit.assertEquals(#lines, 199) -- the first is heard, but not on its example
        luaunit.assertEquals(lines[1],
            path .. ':1: the example of the rule "my/r1" is decided by its code, not by its words')
        luaunit.assertEquals(lines[199],
            path .. ':100: the rule "my/r100" never decides: "my/r1" in line 1 comes before it')
    end)
    support.assert_refused(smtpcodes.rules_check, "rules")
    support.assert_refused(smtpcodes.rules_check, nil) -- there is nothing to check
    support.assert_refused(smtpcodes.rules_check)
end

function Test_rules.test_unknown_text()
    luaunit.assertTrue(smtpcodes.text_is_unknown(support.rule_reply))
    luaunit.assertFalse(smtpcodes.text_is_unknown(full, { stage = "rcpt" }))
    support.with_file(support.rule, function(path)
        luaunit.assertFalse(smtpcodes.text_is_unknown(support.rule_reply, nil, smtpcodes.rules(path)))
    end)
    support.assert_refused(smtpcodes.text_is_unknown, {})
end

function Test_rules.test_a_verdict_outlives_its_rules()
    support.with_file(support.rule, function(path)
        local verdict = smtpcodes.classify(support.rule_reply, nil, (smtpcodes.rules(path)))
        collectgarbage()
        collectgarbage()
        luaunit.assertEquals(verdict.rule, "mailbox-full/cupboard")
    end)
end

-- Rules that come and go may find their names at places in memory where others stood.
function Test_rules.test_names_of_one_set_are_not_those_of_another()
    for round = 1, 200 do
        local name = ("mailbox-full/cupboard-%03d"):format(round)
        support.with_file(support.rule:gsub("mailbox%-full/cupboard", name), function(path)
            local rules = assert(smtpcodes.rules(path))
            luaunit.assertEquals(smtpcodes.classify(support.rule_reply, nil, rules).rule, name)
        end)
        collectgarbage()
    end
end

function Test_rules.test_faults_are_values()
    local rules, message = smtpcodes.rules "/nonexistent/rules.tsv"
    luaunit.assertNil(rules)
    luaunit.assertStrContains(message, "/nonexistent/rules.tsv")
    support.with_file(support.rule .. "one column\n", function(path)
        rules, message = smtpcodes.rules(path)
        luaunit.assertNil(rules)
        luaunit.assertStrContains(message, path .. ":2: ")
    end)
end

function Test_rules.test_a_script_cannot_free_them()
    support.with_file(support.rule, function(path)
        local rules = assert(smtpcodes.rules(path))
        luaunit.assertIsString(getmetatable(rules))
        luaunit.assertStrContains(tostring(rules), "smtpcodes.rules")
    end)
end

function Test_rules.test_wrong_use()
    support.assert_refused(smtpcodes.rules)
    support.assert_refused(smtpcodes.rules, {})
    support.assert_refused(smtpcodes.rules, "/nonexistent\0.tsv")
end

Test_tables = {}

function Test_tables.test_code()
    local code = smtpcodes.code(550) -- RFC 5321 4.2.3
    luaunit.assertEquals(code.code, 550)
    luaunit.assertEquals(code.name, "MAILBOX_UNAVAILABLE")
    luaunit.assertEquals(code.severity, "permanent")
    luaunit.assertEquals(code.category, "mail-system")
    luaunit.assertEquals(code.standing, "standard")
    luaunit.assertStrContains(code.reference, "RFC 5321")
    luaunit.assertIsString(code.title)
    luaunit.assertIsString(code.explanation)
    luaunit.assertIsString(code.reason)
    luaunit.assertIsString(code.action)
    luaunit.assertIsTable(code.commands)
    luaunit.assertEquals(smtpcodes.code "550", code)
end

function Test_tables.test_a_code_that_names_no_reason()
    luaunit.assertNil(smtpcodes.code(400).reason) -- some temporary failure
end

-- 2^32 + 550 would be 550 if it were cut to 32 bits.
function Test_tables.test_numbers_that_are_no_codes()
    local numbers = { 0, -1, 99, 999, 550.5, 2 ^ 16 + 550, 2 ^ 32 + 550, -2 ^ 63, 2 ^ 64, 1 / 0, -1 / 0, 0 / 0 }
    for _, number in ipairs(numbers) do
        local code, message = smtpcodes.code(number)
        luaunit.assertNil(code)
        luaunit.assertStrContains(message, "unknown code")
    end
end

function Test_tables.test_codes()
    local last, count = 0, 0
    for row in smtpcodes.codes() do
        luaunit.assertTrue(row.code > last)
        luaunit.assertEquals(row, smtpcodes.code(row.code))
        last, count = row.code, count + 1
    end
    local found = 0
    for number = 0, 999 do
        found = found + (smtpcodes.code(number) and 1 or 0)
    end
    luaunit.assertEquals(count, found)
    luaunit.assertTrue(count >= 31) -- those of RFC 5321 and its extensions
end

function Test_tables.test_codes_twice_at_a_time()
    local first, second = smtpcodes.codes(), smtpcodes.codes()
    first()
    first()
    luaunit.assertEquals(second(), smtpcodes.codes()())
end

function Test_tables.test_enhanced()
    local row = smtpcodes.enhanced "5.1.1" -- RFC 3463 3.2
    luaunit.assertEquals(row.enhanced, "5.1.1")
    luaunit.assertEquals(row.pattern, "x.1.1")
    luaunit.assertEquals(row.severity, "permanent")
    luaunit.assertEquals(row.standing, "standard")
    luaunit.assertEquals(row.reason, "user-unknown")
    luaunit.assertStrContains(row.reference, "RFC 3463")
    luaunit.assertIsString(row.title)
    luaunit.assertIsString(row.explanation)
    luaunit.assertIsString(row.name)
    luaunit.assertEquals(smtpcodes.enhanced("4.1.1").severity, "temporary")
    luaunit.assertNil(smtpcodes.enhanced("5.7.1").reason) -- says "not authorized", and not why
end

function Test_tables.test_no_enhanced_code()
    for _, text in ipairs { "", "5", "5.1", "5.1.1.1", "5.1.1 ", " 5.1.1", "5.1.1\0", "3.1.1", "5.1.999", "x.1.1" } do
        local row, message = smtpcodes.enhanced(text)
        luaunit.assertNil(row, text)
        luaunit.assertStrContains(message, "unknown enhanced code")
    end
end

function Test_tables.test_wrong_use()
    for _, wrong in ipairs { {}, true, print, "abc" } do
        support.assert_refused(smtpcodes.code, wrong)
    end
    support.assert_refused(smtpcodes.code)
    support.assert_refused(smtpcodes.enhanced)
    support.assert_refused(smtpcodes.enhanced, {})
end

Test_parse = {}

function Test_parse.test_lines()
    local reply = smtpcodes.parse "550-5.1.1 No such user\r\n550 5.1.1 here\r\n250 OK\r\n"
    luaunit.assertEquals(reply.code, 550)
    luaunit.assertEquals(reply.first_code, 550)
    luaunit.assertEquals(reply.enhanced, "5.1.1")
    luaunit.assertEquals(reply.lines, { "No such user", "here" })
    luaunit.assertEquals(reply.text, "No such user\nhere")
    luaunit.assertEquals(reply.flags, { "more-bytes" })
    luaunit.assertEquals(reply.used, #"550-5.1.1 No such user\r\n550 5.1.1 here\r\n")
end

function Test_parse.test_no_text()
    local reply = smtpcodes.parse "250\r\n"
    luaunit.assertEquals(reply.lines, { "" })
    luaunit.assertEquals(reply.text, "")
    luaunit.assertNil(reply.enhanced)
end

function Test_parse.test_NUL()
    luaunit.assertEquals(smtpcodes.parse("250 a\0b\r\n").text, "a\0b")
end

-- RFC 5321 4.2: Reply-code = %x32-35 %x30-35 %x30-39
function Test_parse.test_no_reply()
    local reply, message, offset = smtpcodes.parse "hello"
    luaunit.assertNil(reply)
    luaunit.assertIsString(message)
    luaunit.assertEquals(offset, 1)
end

function Test_parse.test_wrong_use()
    support.assert_refused(smtpcodes.parse)
    support.assert_refused(smtpcodes.parse, {})
end

Test_texts = {}

function Test_texts.test_explain()
    local page, understood = smtpcodes.explain(550)
    luaunit.assertStrContains(page, "MAILBOX_UNAVAILABLE")
    luaunit.assertTrue(understood)
    luaunit.assertEquals(smtpcodes.explain "550", page)
    luaunit.assertEquals(smtpcodes.explain(550.0), page)
    luaunit.assertStrContains(smtpcodes.explain "5.1.1", "5.1.1")
    luaunit.assertStrContains(smtpcodes.explain(full), "mailbox-full")
    luaunit.assertFalse(select(2, smtpcodes.explain "599"))
end

function Test_texts.test_template()
    luaunit.assertEquals(smtpcodes.template "550 5.1.1 <kim@example.org>: User unknown",
        "550 5.1.1 <{address}>: User unknown")
end

-- Longer than any buffer that the module may have on the stack.
function Test_texts.test_long_template()
    luaunit.assertEquals(smtpcodes.template(("word "):rep(100000) .. "end"), ("word "):rep(100000) .. "end")
end

function Test_texts.test_wrong_use()
    for _, name in ipairs { "explain", "template" } do
        support.assert_refused(smtpcodes[name])
        support.assert_refused(smtpcodes[name], {})
        support.assert_refused(smtpcodes[name], true)
    end
end

Test_compose = {}

-- RFC 2034 4: the enhanced code on every line.
function Test_compose.test_enhanced_code_on_every_line()
    luaunit.assertEquals(smtpcodes.compose { code = 550, enhanced = "5.1.1", text = "No such user\nhere" },
        "550-5.1.1 No such user\r\n550 5.1.1 here\r\n")
end

-- RFC 2034 4: not in the greeting, not in an answer to EHLO.
function Test_compose.test_no_enhanced_code_for_ehlo()
    local draft = { code = 250, enhanced = "2.0.0", text = "mx.example.org", command = "ehlo" }
    luaunit.assertEquals(smtpcodes.compose(draft), "250 mx.example.org\r\n")
end

-- RFC 5321 4.5.3.1.5: 512 octets with code and line end. No word is lost.
function Test_compose.test_long_lines_are_broken()
    local reply = smtpcodes.compose { code = 550, text = ("word "):rep(2000) .. "end" }
    local words = 0
    for line in reply:gmatch "(.-)\r\n" do
        luaunit.assertTrue(#line + 2 <= 512)
        luaunit.assertStrMatches(line, "550[- ].*")
        for _ in line:sub(5):gmatch "%S+" do
            words = words + 1
        end
    end
    luaunit.assertEquals(words, 2001)
end

function Test_compose.test_faults_are_values()
    for _, draft in ipairs {
        { code = 99, text = "x" },
        { code = 2 ^ 32 + 550, text = "x" },
        { code = 550.5, text = "x" },
        { code = 250, enhanced = "5.1.1", text = "x" },
        { code = 550, enhanced = "five", text = "x" },
        { code = 550, text = "a\0b" },
    } do
        local reply, message = smtpcodes.compose(draft)
        luaunit.assertNil(reply)
        luaunit.assertIsString(message)
    end
end

-- The same words as in Python; class 3 is in no standard.
function Test_compose.test_no_enhanced_code()
    for _, text in ipairs { "3.1.1", "five", "" } do
        local reply, message = smtpcodes.compose { code = 550, enhanced = text, text = "x" }
        luaunit.assertNil(reply)
        luaunit.assertEquals(message, ("'%s' is not an enhanced code"):format(text))
    end
end

function Test_compose.test_wrong_use()
    support.assert_refused(smtpcodes.compose)
    support.assert_refused(smtpcodes.compose, "550")
    support.assert_refused(smtpcodes.compose, {})
    support.assert_refused(smtpcodes.compose, { code = {} })
    support.assert_refused(smtpcodes.compose, { code = 550, text = {} })
    support.assert_refused(smtpcodes.compose, { code = 550, command = "lunch" })
end

Test_hostile = {}

for _, case in ipairs(support.hostile()) do
    Test_hostile["test_" .. case[1]:gsub("%W", "_")] = function()
        local bytes = case[2]
        luaunit.assertIsString(smtpcodes.classify(bytes).reason)
        luaunit.assertIsString(smtpcodes.template(bytes))
        luaunit.assertIsString(smtpcodes.explain(bytes))
        local reply = smtpcodes.parse(bytes)
        if bytes:find "^%d%d%d" then
            luaunit.assertEquals(reply.used, #bytes)
        else
            luaunit.assertNil(reply)
        end
    end
end

function Test_hostile.test_all_lines_arrive()
    local reply = smtpcodes.parse(("250-x\r\n"):rep(69999) .. "250 y\r\n")
    luaunit.assertEquals(#reply.lines, 70000)
    luaunit.assertEquals(reply.text, ("x\n"):rep(69999) .. "y")
end

support.run "the module smtpcodes"
