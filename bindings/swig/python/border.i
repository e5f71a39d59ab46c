/* How bytes, results and errors cross into Python. A rule serves a shape of arguments, not a function.
 *
 *   bytes, length          str, bytes, bytearray or memoryview
 *   ..., verdict           gives a Verdict
 *   ..., reply             gives (code, first_code, enhanced, lines, flags, stage, inner_code, inner_enhanced, used,
 *                          error)
 *   const reply *          the bytes of it
 *   enhanced code          "5.1.1" in, None or an Enhanced out
 *   context, draft         tuples, see their rules
 *   out, room              gives a str or, for replies to be sent, bytes
 *   rules, reader          capsules that free themselves
 *
 * The C code keeps to the stable ABI of CPython 3.10. */
%{
#include "border.h"
#include "verdict.h"
%}

/* Structs cross as the Python values above. */
%ignore smtpcodes_enhanced_code;
%ignore smtpcodes_reply;
%ignore smtpcodes_reader;
%ignore smtpcodes_draft;
%ignore smtpcodes_verdict;
%ignore smtpcodes_context;
/* A capsule is made by reader_new() and starts, the capsule of rules frees. */
%ignore smtpcodes_reader_start;
%ignore smtpcodes_rules_free;

%define APPEND(VALUE)
    {
        PyObject *value = VALUE;
        if (!value) {
            Py_XDECREF($result);
            SWIG_fail;
        }
        %append_output(value);
    }
%enddef

/* ---- bytes in ---- */

%typemap(in) (const char *bytes, size_t length) (struct border_text text = {0}) {
    if (border_text_get($input, &text)) {
        SWIG_fail;
    }
    $1 = ($1_ltype)text.bytes;
    $2 = ($2_ltype)text.length;
}
%typemap(freearg) (const char *bytes, size_t length) {
    border_text_drop(&text$argnum);
}
%apply (const char *bytes, size_t length) { (const char *text, size_t length), (const char *query, size_t length) };

/* SWIG lets None pass as NULL; a name is a name. */
%typemap(check) const char *name, const char *term {
    if (!$1) {
        SWIG_exception_fail(SWIG_TypeError, "expected str, not None");
    }
}

/* ---- verdicts ---- */

%typemap(in) (const char *bytes, size_t length, struct smtpcodes_verdict *out)
        (struct border_text text = {0}, struct border_verdict *made = NULL) {
    if ((made = border_verdict_start($input, &text)) == NULL) {
        SWIG_fail;
    }
    $1 = ($1_ltype)text.bytes;
    $2 = ($2_ltype)text.length;
    $3 = &made->verdict;
}
%typemap(argout) (const char *bytes, size_t length, struct smtpcodes_verdict *out) {
    Py_DECREF($result);
    if (($result = border_verdict_finish_with(made$argnum, &text$argnum)) == NULL) {
        SWIG_fail;
    }
}

/* None or (stage, receiver, client): a number and two texts or None */
%typemap(in) const struct smtpcodes_context *context (struct border_context known = {0}) {
    if (border_context_get($input, &known)) {
        SWIG_fail;
    }
    $1 = $input == Py_None ? NULL : &known.context;
}
%typemap(freearg) const struct smtpcodes_context *context {
    border_context_drop(&known$argnum);
}

%typemap(in) const struct smtpcodes_rules *rules {
    if ($input != Py_None && ($1 = border_rules($input)) == NULL) {
        SWIG_fail;
    }
}
%typemap(out) struct smtpcodes_rules * {
    $result = border_rules_new($1);
}
%typemap(in, numinputs=0) (char *message, size_t room) (char message[512] = "") {
    $1 = message;
    $2 = sizeof message;
}
%typemap(argout) (char *message, size_t room) {
    if (!result) {
        border_raise(PyExc_ValueError, $1);
        SWIG_fail;
    }
}

/* ---- replies ---- */

%typemap(in) (const char *bytes, size_t length, struct smtpcodes_reply *out)
        (struct border_text text = {0}, struct smtpcodes_reply reply) {
    if (border_text_get($input, &text)) {
        SWIG_fail;
    }
    $1 = ($1_ltype)text.bytes;
    $2 = ($2_ltype)text.length;
    $3 = &reply;
}
%typemap(argout) (const char *bytes, size_t length, struct smtpcodes_reply *out) {
    APPEND(border_reply(&reply$argnum))
}
%typemap(freearg) (const char *bytes, size_t length, struct smtpcodes_reply *out) {
    border_text_drop(&text$argnum);
}
%typemap(in) const struct smtpcodes_reply *reply (struct border_text text = {0}, struct smtpcodes_reply reply) {
    if (border_text_get($input, &text)) {
        SWIG_fail;
    }
    smtpcodes_reply_parse(text.bytes, text.length, &reply);
    $1 = &reply;
}
%typemap(freearg) const struct smtpcodes_reply *reply {
    border_text_drop(&text$argnum);
}

/* (code, enhanced code or None, command, text) */
%typemap(in) const struct smtpcodes_draft *draft (struct border_draft given = {0}) {
    if (border_draft_get($input, &given)) {
        SWIG_fail;
    }
    $1 = &given.draft;
}
%typemap(freearg) const struct smtpcodes_draft *draft {
    border_text_drop(&given$argnum.text);
}

%typemap(in) struct smtpcodes_reader *reader {
    if (($1 = border_reader($input)) == NULL) {
        SWIG_fail;
    }
}
%typemap(in, numinputs=0) size_t *used (size_t used = 0) {
    $1 = &used;
}
%typemap(argout) size_t *used {
    APPEND(PyLong_FromSize_t(*$1))
}

/* ---- enhanced codes ---- */

%typemap(in) struct smtpcodes_enhanced_code enhanced {
    if (border_enhanced_get($input, &$1)) {
        SWIG_fail;
    }
}
%typemap(in, numinputs=0) struct smtpcodes_enhanced_code *out (struct smtpcodes_enhanced_code enhanced = {0, 0, 0}) {
    $1 = &enhanced;
}
%typemap(argout) struct smtpcodes_enhanced_code *out {
    APPEND(Py_BuildValue("(iii)", (int)$1->klass, (int)$1->subject, (int)$1->detail))
}

/* ---- texts out: the call is made again if the first buffer was too small ---- */

%typemap(in, numinputs=0) (char *out, size_t room) (struct border_buffer buffer = {0}) {
    $1 = border_buffer_start(&buffer);
    $2 = sizeof buffer.small;
}
%typemap(argout) (char *out, size_t room) {
    APPEND(PyUnicode_DecodeUTF8($1, (Py_ssize_t)result, "surrogateescape"))
}
%typemap(freearg) (char *out, size_t room) {
    border_buffer_drop(&buffer$argnum);
}
%typemap(in, numinputs=0) (char *out, size_t room, size_t *needed)
        (struct border_buffer buffer = {0}, size_t needed = 0) {
    $1 = border_buffer_start(&buffer);
    $2 = sizeof buffer.small;
    $3 = &needed;
}
%typemap(argout) (char *out, size_t room, size_t *needed) {
    APPEND(PyBytes_FromStringAndSize($1, (Py_ssize_t)*$3))
}
%typemap(freearg) (char *out, size_t room, size_t *needed) {
    border_buffer_drop(&buffer$argnum);
}
%typemap(in, numinputs=0) int *understood (int understood = 0) {
    $1 = &understood;
}
%typemap(argout) int *understood {
    APPEND(PyBool_FromLong(*$1))
}

/* OUT, ROOM: the numbers of the two arguments */
%define TEXT_OUT(function, OUT, ROOM)
%typemap(out) size_t function {
    $result = NULL; /* the text says its length */
}
%exception function {
    $action
    if (result >= arg##ROOM) {
        arg##ROOM = result + 1;
        if ((arg##OUT = border_buffer_grow(&buffer##OUT, arg##ROOM)) == NULL) {
            SWIG_fail;
        }
        $action
    }
}
%enddef
TEXT_OUT(smtpcodes_template, 3, 4)
TEXT_OUT(smtpcodes_enhanced_write, 2, 3)
TEXT_OUT(smtpcodes_rules_check, 2, 3)
TEXT_OUT(smtpcodes_explain, 4, 5)
TEXT_OUT(smtpcodes_explain_with, 5, 6)
%exception smtpcodes_reply_write {
    $action
    if (*arg4 > arg3) {
        arg3 = *arg4;
        if ((arg2 = border_buffer_grow(&buffer2, arg3)) == NULL) {
            SWIG_fail;
        }
        $action
    }
}

%native(bind) PyObject *border_bind(PyObject *self, PyObject *args);
%native(classify_many) PyObject *border_classify_many(PyObject *self, PyObject *args);
%native(shortcut) PyObject *border_shortcut(PyObject *self, PyObject *args);
%native(reader_new) PyObject *border_reader_new(PyObject *self, PyObject *args);

%init %{
    PyModule_AddObject(m, "Verdict", border_verdict_type_new());
%}
