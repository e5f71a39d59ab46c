-- Holds the annotations for editors against the modules: every function and field, and the closed lists.
-- lua annotations.lua FILE
local smtpcodes = require "smtpcodes"
local core = require "smtpcodes_swig"
local luaunit = require "luaunit"

local path = assert(table.remove(arg, 1), "which file?")
local file = assert(io.open(path, "r"))
local text = file:read "*a"
file:close()

-- The values of a list as the library counts them, by their names.
local function library_list(name_of)
    local names = {}
    for value = 0, 99 do
        names[#names + 1] = name_of(value)
    end
    return names
end

-- The values of an alias, on one line or on lines of their own.
local function annotated_list(name)
    local names = {}
    local after = text:match("%-%-%-@alias smtpcodes%." .. name .. "(.-)\n%-%-%-[@%w]")
    for value in assert(after, name):gmatch '"([^"]+)"' do
        names[#names + 1] = value
    end
    return names
end

local function fields_of(class)
    local fields = {}
    local block = assert(text:match("%-%-%-@class smtpcodes%." .. class .. "\n(.-)\n\n"), class)
    for name in block:gmatch "%-%-%-@field ([%w_]+)" do
        fields[name] = true
    end
    return fields
end

Test_annotations = {}

function Test_annotations.test_lists()
    for _, name in ipairs { "severity", "category", "standing", "side", "action", "bounce", "basis", "stage",
        "vocabulary" } do
        local alias = name:sub(1, 1):upper() .. name:sub(2)
        luaunit.assertEquals(annotated_list(alias), library_list(core[name .. "_name"]), name)
    end
end

function Test_annotations.test_functions()
    local annotated = {}
    for name in text:gmatch "\nfunction smtpcodes%.([%w_]+)%(" do
        annotated[name] = "function"
    end
    local there = {}
    for name, value in pairs(smtpcodes) do
        there[name] = type(value) == "function" and "function" or nil
    end
    luaunit.assertEquals(annotated, there)
end

function Test_annotations.test_fields()
    local given = {
        Verdict = smtpcodes.classify("host mx.google.com said: 421 4.7.0 Try again in 10 minutes, 192.0.2.1 is blocked "
            .. "using zen.spamhaus.org. gsmtp (in reply to RCPT TO command)"),
        Code = smtpcodes.code(550),
        Enhanced = smtpcodes.enhanced "5.1.1",
        Reply = smtpcodes.parse "host mx.example.org said: 550 5.1.1 451 4.7.1 x (in reply to RCPT TO command)",
    }
    for class, value in pairs(given) do
        local names = {}
        for name in pairs(value) do
            names[name] = true
        end
        local annotated = fields_of(class)
        for name in pairs(names) do
            luaunit.assertTrue(annotated[name], class .. "." .. name)
        end
        for name in pairs(annotated) do
            if not name:find "^inner_" then
                luaunit.assertTrue(names[name], class .. "." .. name .. " is not given")
            end
        end
    end
end

os.exit(luaunit.LuaUnit.run() == 0 and 0 or 1, true)
