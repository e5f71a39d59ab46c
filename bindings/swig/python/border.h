/* The C side of border.i: Python objects to bytes and structs, and back. Verdicts are in verdict.h. */
#include <stdlib.h>
#include <string.h>

#include <smtpcodes.h>

/* ---- bytes in ---- */

struct border_text {
    const char *bytes;
    Py_ssize_t length;
    PyObject *object; /* borrowed: what the caller gave, or the copy of what somebody may write to meanwhile */
    PyObject *owner;  /* ours: bytes made from it, or NULL */
};

static void border_text_drop(struct border_text *text)
{
    Py_CLEAR(text->owner);
}

/* Surrogates that stand for bytes (PEP 383) become those bytes; where others are among them, all go as they are. */
static PyObject *border_encode(PyObject *object)
{
    PyObject *encoded = PyUnicode_AsEncodedString(object, "utf-8", "surrogateescape");
    if (!encoded && PyErr_ExceptionMatches(PyExc_UnicodeEncodeError)) {
        PyErr_Clear();
        encoded = PyUnicode_AsEncodedString(object, "utf-8", "surrogatepass");
    }
    return encoded;
}

/* 0, or -1 with an exception. The bytes are readable until border_text_drop, without the GIL too. */
static int border_text_get(PyObject *object, struct border_text *text)
{
    text->object = object;
    text->owner = NULL;
    if (PyUnicode_Check(object)) {
        text->bytes = PyUnicode_AsUTF8AndSize(object, &text->length);
        if (text->bytes) {
            return 0;
        }
        if (!PyErr_ExceptionMatches(PyExc_UnicodeEncodeError)) {
            return -1;
        }
        PyErr_Clear();
        text->owner = border_encode(object);
    } else if (PyBytes_Check(object)) {
        return PyBytes_AsStringAndSize(object, (char **)&text->bytes, &text->length);
    } else if (PyByteArray_Check(object) || PyMemoryView_Check(object)) {
        text->object = text->owner = PyBytes_FromObject(object);
    } else {
        PyObject *type = PyObject_GetAttrString((PyObject *)Py_TYPE(object), "__name__");
        PyErr_Format(PyExc_TypeError, "expected str or bytes, not %S", type ? type : Py_None);
        Py_XDECREF(type);
        return -1;
    }
    return text->owner ? PyBytes_AsStringAndSize(text->owner, (char **)&text->bytes, &text->length) : -1;
}

static PyObject *border_decode(const char *bytes, size_t length)
{
    return PyUnicode_DecodeUTF8(bytes, (Py_ssize_t)length, "surrogateescape");
}

static void border_raise(PyObject *exception, const char *message)
{
    PyObject *text = PyUnicode_DecodeUTF8(message, (Py_ssize_t)strlen(message), "replace");
    if (text) {
        PyErr_SetObject(exception, text);
        Py_DECREF(text);
    }
}

/* ---- objects made once ---- */

/* What bind() got. A list has the members of an enumeration at their values; it lives as long as the process, since a
 * verdict may be in the making while it is replaced. */
enum { CODES, SEVERITIES, CATEGORIES, REASONS, SIDES, ACTIONS, BOUNCES, BASES, STAGES, LISTS };
static struct {
    PyObject *const *members;
    int count;
} border_lists[LISTS];
static PyTypeObject *border_verdict_type;
static PyObject *border_enhanced_type;

static int border_list_set(int list, PyObject *members)
{
    Py_ssize_t count = PyTuple_Check(members) ? PyTuple_Size(members) : 0;
    PyObject **copy = PyMem_Malloc((size_t)count * sizeof *copy + 1);
    if (!copy) {
        PyErr_NoMemory();
        return -1;
    }
    for (Py_ssize_t i = 0; i < count; i++) {
        copy[i] = PyTuple_GetItem(members, i);
        Py_INCREF(copy[i]);
    }
    border_lists[list].members = copy;
    border_lists[list].count = (int)count;
    return 0;
}

/* bind(Enhanced, lists): what verdicts are made of */
static PyObject *border_bind(PyObject *self, PyObject *args)
{
    PyObject *enhanced, *lists;
    (void)self;
    if (!PyArg_ParseTuple(args, "OO!", &enhanced, &PyTuple_Type, &lists)) {
        return NULL;
    }
    if (!PyCallable_Check(enhanced) || PyTuple_Size(lists) != LISTS) {
        PyErr_SetString(PyExc_TypeError, "bind() wants a type and a tuple of tuples");
        return NULL;
    }
    for (int i = 0; i < LISTS; i++) {
        if (border_list_set(i, PyTuple_GetItem(lists, i))) {
            return NULL;
        }
    }
    Py_INCREF(enhanced);
    border_enhanced_type = enhanced;
    Py_RETURN_NONE;
}

static int border_bound(void)
{
    if (!border_enhanced_type) {
        PyErr_SetString(PyExc_RuntimeError, "import smtpcodes, not _smtpcodes");
    }
    return border_enhanced_type != NULL;
}

static PyObject *border_none(void)
{
    Py_INCREF(Py_None);
    return Py_None;
}

static PyObject *border_member(int list, int value)
{
    if (value < 0 || value >= border_lists[list].count) {
        return PyLong_FromLong(value);
    }
    Py_INCREF(border_lists[list].members[value]);
    return border_lists[list].members[value];
}

static PyObject *border_code(int code)
{
    return code < 0 ? border_none() : border_member(CODES, code);
}

/* Names come back with most verdicts and are few. One that a user's rules own may give way to another at the same
 * address, so the text is compared. */
static PyObject *border_name(const char *name)
{
    static struct {
        PyObject *text;
        const char *bytes;
    } cache[512];
    if (!name) {
        return border_none();
    }
    size_t slot = ((uintptr_t)name ^ (uintptr_t)name >> 9) % (sizeof cache / sizeof *cache);
    if (!cache[slot].text || strcmp(cache[slot].bytes, name) != 0) {
        PyObject *text = border_decode(name, strlen(name));
        const char *bytes = text ? PyUnicode_AsUTF8AndSize(text, NULL) : NULL;
        if (!bytes) {
            Py_XDECREF(text);
            return NULL;
        }
        PyObject *old = cache[slot].text;
        cache[slot].text = text;
        cache[slot].bytes = bytes;
        Py_INCREF(text);
        Py_XDECREF(old);
        return text;
    }
    Py_INCREF(cache[slot].text);
    return cache[slot].text;
}

/* An Enhanced or None. The cache has one code a slot: a hostile server may send as many as it likes. */
static PyObject *border_enhanced(struct smtpcodes_enhanced_code enhanced)
{
    static struct {
        PyObject *code;
        struct smtpcodes_enhanced_code key;
    } cache[512];
    if (!enhanced.klass) {
        return border_none();
    }
    size_t slot = (enhanced.klass * 131u + enhanced.subject * 37u + enhanced.detail) % (sizeof cache / sizeof *cache);
    if (!cache[slot].code || memcmp(&cache[slot].key, &enhanced, sizeof enhanced) != 0) {
        char text[24];
        smtpcodes_enhanced_write(enhanced, text, sizeof text);
        PyObject *code = PyObject_CallFunction(border_enhanced_type, "s", text), *old = cache[slot].code;
        if (!code) {
            return NULL;
        }
        cache[slot].code = code;
        cache[slot].key = enhanced;
        Py_INCREF(code);
        Py_XDECREF(old);
        return code;
    }
    Py_INCREF(cache[slot].code);
    return cache[slot].code;
}

/* ---- what is known beside a reply ---- */

struct border_context {
    struct smtpcodes_context context;
    struct border_text receiver, client;
};

static int border_context_get(PyObject *object, struct border_context *out)
{
    PyObject *receiver, *client;
    int stage;
    memset(out, 0, sizeof *out);
    if (object == Py_None) {
        return 0;
    }
    if (!PyTuple_Check(object)) {
        PyErr_SetString(PyExc_TypeError, "a context is None or (stage, receiver, client)");
        return -1;
    }
    if (!PyArg_ParseTuple(object, "iOO", &stage, &receiver, &client) ||
        (receiver != Py_None && border_text_get(receiver, &out->receiver)) ||
        (client != Py_None && border_text_get(client, &out->client))) {
        return -1;
    }
    out->context.stage = (enum smtpcodes_stage)stage;
    out->context.receiver = out->receiver.bytes;
    out->context.receiver_length = (size_t)out->receiver.length;
    out->context.client = out->client.bytes;
    out->context.client_length = (size_t)out->client.length;
    return 0;
}

static void border_context_drop(struct border_context *context)
{
    border_text_drop(&context->receiver);
    border_text_drop(&context->client);
}

/* ---- capsules ---- */

static const char RULES[] = "smtpcodes_rules", READER[] = "smtpcodes_reader";

static void border_rules_drop(PyObject *capsule)
{
    smtpcodes_rules_free(PyCapsule_GetPointer(capsule, RULES));
}

static PyObject *border_rules_new(struct smtpcodes_rules *rules)
{
    PyObject *capsule = rules ? PyCapsule_New(rules, RULES, border_rules_drop) : border_none();
    if (!capsule) {
        smtpcodes_rules_free(rules);
    }
    return capsule;
}

static struct smtpcodes_rules *border_rules(PyObject *capsule)
{
    if (!PyCapsule_IsValid(capsule, RULES)) {
        PyErr_SetString(PyExc_TypeError, "not rules");
        return NULL;
    }
    return PyCapsule_GetPointer(capsule, RULES);
}

static void border_reader_drop(PyObject *capsule)
{
    PyMem_Free(PyCapsule_GetPointer(capsule, READER));
}

/* reader_new(): a reader that has started */
static PyObject *border_reader_new(PyObject *self, PyObject *args)
{
    struct smtpcodes_reader *reader;
    (void)self;
    if (!PyArg_ParseTuple(args, "")) {
        return NULL;
    }
    if ((reader = PyMem_Malloc(sizeof *reader)) == NULL) {
        return PyErr_NoMemory();
    }
    smtpcodes_reader_start(reader);
    PyObject *capsule = PyCapsule_New(reader, READER, border_reader_drop);
    if (!capsule) {
        PyMem_Free(reader);
    }
    return capsule;
}

static struct smtpcodes_reader *border_reader(PyObject *capsule)
{
    if (!PyCapsule_IsValid(capsule, READER)) {
        PyErr_SetString(PyExc_TypeError, "not a reader");
        return NULL;
    }
    return PyCapsule_GetPointer(capsule, READER);
}

/* ---- replies ---- */

/* The lines as a list of str, or NULL with an exception. */
static PyObject *border_lines(const struct smtpcodes_reply *reply)
{
    PyObject *lines = PyList_New(0);
    struct smtpcodes_span span;
    size_t cursor = 0;
    while (lines && smtpcodes_reply_line(reply, &cursor, &span)) {
        PyObject *line = border_decode(span.bytes, span.length);
        if (!line || PyList_Append(lines, line)) {
            Py_CLEAR(lines);
        }
        Py_XDECREF(line);
    }
    return lines;
}

static PyObject *border_reply(const struct smtpcodes_reply *reply)
{
    if (!border_bound()) {
        return NULL;
    }
    PyObject *lines = border_lines(reply);
    PyObject *enhanced = border_enhanced(reply->enhanced), *inner = border_enhanced(reply->inner_enhanced);
    PyObject *result = NULL;
    if (lines && enhanced && inner) {
        result = Py_BuildValue("(iiOOkNiOnn)", reply->code, reply->first_code, enhanced, lines,
                               (unsigned long)reply->flags, border_member(STAGES, (int)reply->stage), reply->inner_code,
                               inner, (Py_ssize_t)reply->used, (Py_ssize_t)reply->error);
    }
    Py_XDECREF(lines);
    Py_XDECREF(enhanced);
    Py_XDECREF(inner);
    return result;
}

static int border_enhanced_get(PyObject *object, struct smtpcodes_enhanced_code *out)
{
    struct border_text text;
    memset(out, 0, sizeof *out);
    if (object == Py_None) {
        return 0;
    }
    if (border_text_get(object, &text)) {
        return -1;
    }
    int failed = !smtpcodes_enhanced_parse(text.bytes, (size_t)text.length, out);
    border_text_drop(&text);
    if (failed) {
        PyErr_Format(PyExc_ValueError, "%R is not an enhanced code", object);
        return -1;
    }
    return 0;
}

struct border_draft {
    struct smtpcodes_draft draft;
    struct border_text text;
};

static int border_draft_get(PyObject *object, struct border_draft *out)
{
    PyObject *enhanced, *text;
    unsigned long command;
    memset(out, 0, sizeof *out);
    if (!PyTuple_Check(object)) {
        PyErr_SetString(PyExc_TypeError, "a draft is (code, enhanced code or None, command, text)");
        return -1;
    }
    if (!PyArg_ParseTuple(object, "iOkO", &out->draft.code, &enhanced, &command, &text) ||
        border_enhanced_get(enhanced, &out->draft.enhanced) || border_text_get(text, &out->text)) {
        return -1;
    }
    out->draft.command = (uint32_t)command;
    out->draft.text = out->text.bytes;
    out->draft.length = (size_t)out->text.length;
    return 0;
}

/* ---- texts out ---- */

struct border_buffer {
    char *large;
    char small[1024];
};

static char *border_buffer_start(struct border_buffer *buffer)
{
    buffer->large = NULL;
    return buffer->small;
}

/* NULL with an exception. */
static char *border_buffer_grow(struct border_buffer *buffer, size_t room)
{
    buffer->large = PyMem_Malloc(room);
    if (!buffer->large) {
        PyErr_NoMemory();
    }
    return buffer->large;
}

static void border_buffer_drop(struct border_buffer *buffer)
{
    PyMem_Free(buffer->large);
}
