-- lua -l gc_stress: the collector never waits, so that anything that nobody holds is gone at once.
collectgarbage("setpause", 0)
collectgarbage("setstepmul", 1000)
