-- What several tests need.
local luaunit = require "luaunit"

local support = {}

-- A rule of a user's own, as docs/rules.md has the format.
support.rule = table.concat({ "mailbox-full/cupboard", "mailbox-full", "plain", "-", "letter cupboard full",
    "550 The letter cupboard of ann@example.org is full", "field" }, "\t") .. "\n"
support.rule_reply = "550 The letter cupboard of <kim@example.org> is full"

-- Calls use(path) with a file that holds the text.
function support.with_file(text, use)
    local path = os.tmpname()
    local file = assert(io.open(path, "wb"))
    file:write(text)
    file:close()
    local ok, message = pcall(use, path)
    os.remove(path)
    if not ok then
        error(message, 0)
    end
end

-- Inputs that break programs which trust what they read. Name and bytes.
function support.hostile()
    return {
        { "nothing", "" },
        { "NUL", "\0" },
        { "NUL in a reply", "550 5.1.1 no\0such user\r\n" },
        { "only line ends", ("\r\n"):rep(1000) },
        { "no UTF-8", "550 \255\254\128 \195 \240\159\r\n" },
        { "overlong UTF-8", "550 \192\128\224\128\175\r\n" },
        { "a megabyte of letters", "550 " .. ("a"):rep(1024 * 1024) },
        { "a megabyte of words", ("mailbox full "):rep(80660) },
        { "a megabyte of NUL", ("\0"):rep(1024 * 1024) },
        { "70,000 lines", ("250-x\r\n"):rep(69999) .. "250 x\r\n" },
    }
end

-- The functions must fail with arguments of these types, each under its name.
function support.assert_refused(f, ...)
    local ok, message = pcall(f, ...)
    luaunit.assertFalse(ok)
    luaunit.assertIsString(message)
end

-- Runs the tests that are global by now; ends the program with their outcome.
function support.run(title)
    local failures = luaunit.LuaUnit.run()
    print(("%s: %s"):format(_VERSION, title))
    os.exit(failures == 0 and 0 or 1, true)
end

return support
