/* What is wrapped, for every language: the headers themselves. How bytes, results and errors cross is the language's
 * own border.i, found by include path. Each language names its module (-module) or takes this name. */
%module smtpcodes
%{
#include <smtpcodes.h>
%}

%include <stdint.i>
%define SMTPCODES_API
%enddef
%rename("%(regex:/^(?:smtpcodes|SMTPCODES)_(.*)/\\1/)s") "";
%rename("code_list", match="enum") smtpcodes_code_number; /* a function has the name too */

/* Borrowed memory stays on the C side: these point into bytes that the other language owns and may move or free. */
%ignore smtpcodes_span;
%ignore smtpcodes_reply_line;
%ignore smtpcodes_reply::bytes;
%ignore smtpcodes_reply::length;

%include "border.i"

/* SWIG does not follow #include: the lists first, then what uses them. */
%include <smtpcodes/version.h>
%include <smtpcodes/enums.h>
%include <smtpcodes/reasons.h>
%include <smtpcodes/codes.h>
%include <smtpcodes.h>
