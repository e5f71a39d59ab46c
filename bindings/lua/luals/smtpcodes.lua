---@meta smtpcodes
-- What editors with the Lua language server show of the module. It is never run; tests/lua/annotations.lua holds it
-- against the module and the library's lists.

---@alias smtpcodes.Severity "unknown"|"success"|"intermediate"|"temporary"|"permanent"
---@alias smtpcodes.Category "unknown"|"syntax"|"information"|"connection"|"unspecified"|"mail-system"
---@alias smtpcodes.Standing "standard"|"extension"|"obsolete"|"nonstandard"
---@alias smtpcodes.Side "none"|"recipient"|"sender"|"message"|"receiver"|"network"
---@alias smtpcodes.Action
---| "none"
---| "continue"
---| "retry"
---| "slow-down"
---| "change-route"
---| "fix-sender"
---| "fix-message"
---| "suppress"
---| "review"
---@alias smtpcodes.Bounce "none"|"soft"|"hard"|"block"|"unknown"
---@alias smtpcodes.Basis "none"|"severity"|"code"|"enhanced"|"learned"|"text"|"provider"
---@alias smtpcodes.Stage "unknown"|"connect"|"helo"|"starttls"|"auth"|"mail"|"rcpt"|"data"|"end-of-data"
---@alias smtpcodes.Vocabulary
---| "sparkpost"
---| "powermta"
---| "sisimai"
---| "kumomta"
---| "ses"
---| "postmark"
---| "mailgun"
---| "sendgrid"
---| "anymail"
---A name of the list that `smtpcodes list reasons` prints, such as "mailbox-full".
---@alias smtpcodes.Reason string

---Why a server answered so, whose side it is to mend, and what to do next. What is absent is nil.
---@class smtpcodes.Verdict
---@field code? integer 550
---@field enhanced? string "5.1.1"
---@field severity smtpcodes.Severity what the code says
---@field category smtpcodes.Category
---@field reason smtpcodes.Reason
---@field side smtpcodes.Side whose it is to mend
---@field action smtpcodes.Action what a sender does next
---@field bounce smtpcodes.Bounce what the reply means
---@field basis smtpcodes.Basis what decided
---@field confidence integer 0 to 100
---@field rule? string name of the rule or table row that decided
---@field evidence? string the bytes that decided
---@field evidence_offset? integer where they begin; the first byte is 1
---@field provider? string who wrote the reply
---@field blocklist? string the block list that the reply names
---@field retry_after? integer seconds that the reply asks to wait
---@field stage? smtpcodes.Stage where in the dialogue it was given

---What the caller knows beside the reply; every part is optional.
---@class smtpcodes.Context
---@field stage? smtpcodes.Stage
---@field receiver? string the receiving host's name
---@field client? string the sending IP address

---Rules of a user's own. #rules is their number.
---@class smtpcodes.Rules: userdata

---@class smtpcodes.Code
---@field code integer
---@field name string "MAILBOX_UNAVAILABLE"
---@field title string
---@field explanation string
---@field reference string
---@field severity smtpcodes.Severity
---@field category smtpcodes.Category
---@field standing smtpcodes.Standing
---@field commands string[] the commands it may answer
---@field reason? smtpcodes.Reason where the code alone names one
---@field action smtpcodes.Action

---@class smtpcodes.Enhanced
---@field enhanced string "5.1.1"
---@field pattern string "x.1.1"
---@field name string
---@field title string
---@field explanation string
---@field reference string
---@field severity smtpcodes.Severity
---@field standing smtpcodes.Standing
---@field reason? smtpcodes.Reason where the code alone names one
---@field codes? string basic codes registered beside it: "450,550" or "any"

---@class smtpcodes.Reply
---@field code integer of the last line
---@field first_code integer of the first line
---@field enhanced? string
---@field lines string[] the text line by line, without codes
---@field text string the lines joined by line feeds
---@field flags string[] what is odd about it; "incomplete" if its last line is still to come
---@field used integer bytes of the reply: the next one begins behind them
---@field inner_code? integer of a reply inside the reply
---@field inner_enhanced? string
---@field stage? smtpcodes.Stage where the text around the reply tells it

---@class smtpcodes.Draft
---@field code integer
---@field enhanced? string
---@field text? string a line feed begins a new line of the reply
---@field command? string the command it answers

---@class smtpcodes
---@field _VERSION string
local smtpcodes = {}

---What a reply, or the line of a log that stands for one, means. Any text gets a verdict.
---@param text string
---@param context? smtpcodes.Context
---@param rules? smtpcodes.Rules
---@return smtpcodes.Verdict
function smtpcodes.classify(text, context, rules) end

---@param number integer|string
---@return smtpcodes.Code? row, string? message
function smtpcodes.code(number) end

---All rows in ascending order: for row in smtpcodes.codes() do
---@return fun(): smtpcodes.Code?
function smtpcodes.codes() end

---A reply to be sent, with line ends.
---@param draft smtpcodes.Draft
---@return string? reply, string? message
function smtpcodes.compose(draft) end

---@param code string
---@return smtpcodes.Enhanced? row, string? message
function smtpcodes.enhanced(code) end

---A page for people about a code, an enhanced code or a whole reply.
---@param query integer|string
---@param rules? smtpcodes.Rules
---@return string page, boolean understood
function smtpcodes.explain(query, rules) end

---Reads one reply from the front of the text.
---@param text string
---@return smtpcodes.Reply? reply, string? message, integer? offset of the first byte that no reply can have
function smtpcodes.parse(text) end

---The term that a vocabulary of others has for a reason with this bounce, or nil.
---@param reason smtpcodes.Reason
---@param bounce smtpcodes.Bounce
---@param vocabulary smtpcodes.Vocabulary
---@return string? term
function smtpcodes.reason_as(reason, bounce, vocabulary) end

---The reason that a term of a vocabulary stands for; nil for several or none, nil and a message for no such term.
---@param vocabulary smtpcodes.Vocabulary
---@param term string
---@return smtpcodes.Reason? reason, string? message
function smtpcodes.reason_of(vocabulary, term) end

---Loads rules of your own from a file.
---@param path string
---@return smtpcodes.Rules? rules, string? message
function smtpcodes.rules(path) end

---What is wrong with rules: lines of the form "file:line: what is wrong".
---@param rules smtpcodes.Rules
---@return string[]
function smtpcodes.rules_check(rules) end

---Which knowledge verdicts come from: changes with any byte of the tables and of the rules.
---@param rules? smtpcodes.Rules
---@return string
function smtpcodes.rules_version(rules) end

---The text with addresses, hosts, numbers and ids taken out, so that like replies group together.
---@param text string
---@return string
function smtpcodes.template(text) end

---Whether a refusal, or a text without a code, says more than the code's stock text, and no rule understood it.
---@param text string
---@param context? smtpcodes.Context
---@param rules? smtpcodes.Rules
---@return boolean
function smtpcodes.text_is_unknown(text, context, rules) end

return smtpcodes
