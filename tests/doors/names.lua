-- What the module smtpcodes_swig has: for reach.py. The argument is the name of the door.
local door = arg[1]

for name, value in pairs(require "smtpcodes_swig") do
    if type(value) == "function" then
        io.write(door, "\t", name, "\tfunction\n")
    elseif type(value) == "number" then
        io.write(door, "\t", name, ("\t%d\n"):format(value))
    end
end
