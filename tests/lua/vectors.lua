-- Reads the tables of tests/vectors. SMTPCODES_VECTORS names their folder.
local vectors = {}

local folder = assert(os.getenv "SMTPCODES_VECTORS", "SMTPCODES_VECTORS has to name the folder of the tables")

local letters = { r = "\r", n = "\n", t = "\t", ["0"] = "\0", ["\\"] = "\\" }

-- The bytes of a cell: \r \n \t \0 \\ \xNN; "-" is empty.
function vectors.bytes(cell)
    local out, from = {}, 1
    while cell ~= "-" do
        local at = cell:find("\\", from, true)
        out[#out + 1] = cell:sub(from, (at or 0) - 1)
        if not at then
            break
        end
        local letter = cell:sub(at + 1, at + 1)
        local digits = letter == "x" and cell:match("^%x%x", at + 2)
        out[#out + 1] = digits and string.char(tonumber(digits, 16)) or assert(letters[letter], "bad escape: " .. cell)
        from = at + (digits and 4 or 2)
    end
    return table.concat(out)
end

-- The parts of a cell.
function vectors.split(cell, separator)
    local parts = {}
    for part in (cell .. separator):gmatch("(.-)%" .. separator) do
        parts[#parts + 1] = part
    end
    return parts
end

-- Is the word one of the parts of the cell? "*" is not asked.
function vectors.one_of(word, cell, separator)
    if cell == "*" then
        return true
    end
    for _, part in ipairs(vectors.split(cell, separator or "/")) do
        if part == word then
            return true
        end
    end
    return false
end

-- Lists of rows: each has its cells by the names of the columns, and `line`.
function vectors.rows(file)
    local rows, names, line = {}, nil, 0
    for text in io.lines(folder .. "/" .. file) do
        line = line + 1
        if text:sub(1, 1) == "#" then
            if text:find "\t" then
                names = vectors.split(text:sub(3), "\t")
            end
        elseif text ~= "" then
            local cells = vectors.split(text, "\t")
            assert(names and #cells == #names, ("%s:%d: %d columns"):format(file, line, #cells))
            local row = { line = line }
            for i, name in ipairs(names) do
                row[name] = cells[i]
            end
            rows[#rows + 1] = row
        end
    end
    assert(#rows > 0, file .. " has no rows")
    return rows
end

return vectors
