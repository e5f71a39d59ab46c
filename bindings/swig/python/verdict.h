/* Verdicts as Python has them, and the ways to them that are short. Holds the GIL except in classify_many. */

/* ---- the type ----
 * A verdict is the core's struct with a head: an item becomes an object when somebody asks for it, which most are not.
 * The collector of cycles does not look at verdicts, since what classify() puts into them points to nothing else. */

struct border_verdict {
    PyObject_HEAD PyObject *text; /* str or bytes with the evidence, or NULL */
    PyObject *rule;               /* its name, where that of the struct may vanish with a user's rules, or NULL */
    PyObject *items; /* all of them, where they did not come from the struct or are not to hold the text, or NULL */
    struct smtpcodes_verdict verdict;
};

/* X(name, what help() says). Their order is that of the sequence, and of Verdict's arguments. */
#define BORDER_ITEMS(X)                                                          \
    X(code, "a Code, a plain int where no table has the number, or None")        \
    X(enhanced, "the enhanced code, or None")                                    \
    X(severity, "what the code says")                                            \
    X(category, "what the second digit of the code says")                        \
    X(reason, "why the server answered so")                                      \
    X(side, "whose it is to mend")                                               \
    X(action, "what a sender does next")                                         \
    X(bounce, "what the reply means for the address")                            \
    X(basis, "what decided the reason")                                          \
    X(confidence, "0 to 100")                                                    \
    X(rule, "name of the rule or table row that decided")                        \
    X(evidence, "the part of the reply that decided")                            \
    X(provider, "who wrote the reply, where it shows")                           \
    X(blocklist, "the block list that the reply names")                          \
    X(retry_after, "seconds that the reply asks to wait")                        \
    X(stage, "where in the dialogue the reply was given, as far as it is known") \
    X(evidence_span, "start and end of the evidence: characters of a str, bytes of bytes; of a pair's whole reply")

#define BORDER_NUMBER(name, doc) ITEM_##name,
enum { BORDER_ITEMS(BORDER_NUMBER) ITEMS };

/* Where a byte of the text stands in what the caller gave: characters of a str, bytes of anything else. */
static Py_ssize_t border_offset(const struct border_text *text, size_t offset)
{
    Py_ssize_t result = (Py_ssize_t)offset;
    if (PyUnicode_Check(text->object) && PyUnicode_GetLength(text->object) != text->length) {
        PyObject *before = PyUnicode_DecodeUTF8(text->bytes, result, "surrogateescape");
        result = before ? PyUnicode_GetLength(before) : -1;
        Py_XDECREF(before);
    }
    return result;
}

static PyObject *border_span(const struct border_text *text, size_t offset, size_t length)
{
    Py_ssize_t start = border_offset(text, offset), stop = border_offset(text, offset + length);
    return start < 0 || stop < 0 ? NULL : Py_BuildValue("(nn)", start, stop);
}

static PyObject *border_evidence(const struct border_verdict *self, int item)
{
    const size_t offset = self->verdict.evidence, length = self->verdict.evidence_length;
    struct border_text text;
    if (!length) {
        return border_none();
    }
    if (border_text_get(self->text, &text)) {
        return NULL;
    }
    PyObject *result =
        item == ITEM_evidence ? border_decode(text.bytes + offset, length) : border_span(&text, offset, length);
    border_text_drop(&text);
    return result;
}

static PyObject *border_item(const struct border_verdict *self, int item)
{
    const struct smtpcodes_verdict *v = &self->verdict;
    PyObject *made = self->items ? PyTuple_GetItem(self->items, item) : item == ITEM_rule ? self->rule : NULL;
    if (made) {
        Py_INCREF(made);
        return made;
    }
    switch (item) {
    case ITEM_code: return border_code(v->code);
    case ITEM_enhanced: return border_enhanced(v->enhanced);
    case ITEM_severity: return border_member(SEVERITIES, (int)v->severity);
    case ITEM_category: return border_member(CATEGORIES, (int)v->category);
    case ITEM_reason: return border_member(REASONS, v->reason);
    case ITEM_side: return border_member(SIDES, (int)v->side);
    case ITEM_action: return border_member(ACTIONS, (int)v->action);
    case ITEM_bounce: return border_member(BOUNCES, (int)v->bounce);
    case ITEM_basis: return border_member(BASES, (int)v->basis);
    case ITEM_confidence: return PyLong_FromLong(v->confidence);
    case ITEM_rule: return border_name(v->rule);
    case ITEM_provider: return border_name(v->provider);
    case ITEM_blocklist: return border_name(v->blocklist);
    case ITEM_retry_after: return v->retry_after < 0 ? border_none() : PyLong_FromLong(v->retry_after);
    case ITEM_stage: return border_member(STAGES, (int)v->stage);
    default: return border_evidence(self, item);
    }
}

static PyObject *border_verdict_get(PyObject *self, void *item)
{
    return border_item((const struct border_verdict *)self, (int)(intptr_t)item);
}

static PyObject *border_items(const struct border_verdict *self)
{
    PyObject *items = PyTuple_New(ITEMS);
    for (int i = 0; items && i < ITEMS; i++) {
        PyObject *item = border_item(self, i);
        if (!item || PyTuple_SetItem(items, i, item)) {
            Py_CLEAR(items);
        }
    }
    return items;
}

/* The names of the items, a tuple. */
static PyObject *border_item_names;

/* Without the enumeration around it. Takes the reference that it is given. */
static PyObject *border_plain(PyObject *item)
{
    PyObject *plain = item;
    if (item && PyUnicode_Check(item) && !PyUnicode_CheckExact(item)) {
        plain = PyObject_Str(item);
        Py_DECREF(item);
    } else if (item && PyLong_Check(item) && !PyLong_CheckExact(item)) {
        plain = PyLong_FromLong(PyLong_AsLong(item));
        Py_DECREF(item);
    }
    return plain;
}

static PyObject *border_verdict_as_dict(PyObject *self, PyObject *none)
{
    enum { KEYS = ITEM_retry_after + 1 }; /* those of the command's JSON */
    PyObject *dict = PyDict_New();
    (void)none;
    for (int i = 0; dict && i < KEYS; i++) {
        PyObject *item = border_plain(border_item((const struct border_verdict *)self, i));
        if (!item || PyDict_SetItem(dict, PyTuple_GetItem(border_item_names, i), item)) {
            Py_CLEAR(dict);
        }
        Py_XDECREF(item);
    }
    return dict;
}

/* As a sequence, in comparisons and as a key of a dict it is what the tuple of its items is. */

static Py_ssize_t border_verdict_length(PyObject *self)
{
    (void)self;
    return ITEMS;
}

static PyObject *border_verdict_part(PyObject *self, PyObject *key)
{
    PyObject *items = border_items((const struct border_verdict *)self);
    PyObject *result = items ? PyObject_GetItem(items, key) : NULL;
    Py_XDECREF(items);
    return result;
}

static PyObject *border_verdict_iter(PyObject *self)
{
    PyObject *items = border_items((const struct border_verdict *)self);
    PyObject *result = items ? PyObject_GetIter(items) : NULL;
    Py_XDECREF(items);
    return result;
}

static Py_hash_t border_verdict_hash(PyObject *self)
{
    PyObject *items = border_items((const struct border_verdict *)self);
    Py_hash_t result = items ? PyObject_Hash(items) : -1;
    Py_XDECREF(items);
    return result;
}

static PyObject *border_verdict_compare(PyObject *self, PyObject *other, int how)
{
    PyObject *mine, *theirs = NULL, *result = NULL;
    if (Py_TYPE(other) == border_verdict_type) {
        theirs = border_items((const struct border_verdict *)other);
    } else if (PyTuple_Check(other)) {
        Py_INCREF(other);
        theirs = other;
    } else {
        Py_RETURN_NOTIMPLEMENTED;
    }
    mine = theirs ? border_items((const struct border_verdict *)self) : NULL;
    if (mine) {
        result = PyObject_RichCompare(mine, theirs, how);
    }
    Py_XDECREF(mine);
    Py_XDECREF(theirs);
    return result;
}

/* Verdict(*items): for pickle and copy */
static PyObject *border_verdict_new(PyTypeObject *type, PyObject *args, PyObject *names)
{
    if (PyTuple_Size(args) != ITEMS || names) {
        PyErr_Format(PyExc_TypeError, "a verdict is made by classify(), or from its %d items", ITEMS);
        return NULL;
    }
    struct border_verdict *self = PyObject_New(struct border_verdict, type);
    if (self) {
        Py_INCREF(args);
        self->text = self->rule = NULL;
        self->items = args;
    }
    return (PyObject *)self;
}

static void border_verdict_drop(PyObject *object)
{
    struct border_verdict *self = (struct border_verdict *)object;
    PyTypeObject *type = Py_TYPE(object);
    Py_XDECREF(self->text);
    Py_XDECREF(self->rule);
    Py_XDECREF(self->items);
    PyObject_Free(self);
    Py_DECREF(type);
}

/* NULL with an exception. Python adds the methods to this very type: every class that Python makes is known to the
 * collector of cycles, which costs memory and time for each object. No class is derived from it for the same reason. */
static PyObject *border_verdict_type_new(void)
{
#define BORDER_GETTER(name, doc) {#name, border_verdict_get, NULL, doc, (void *)(intptr_t)ITEM_##name},
    static PyGetSetDef getters[] = {BORDER_ITEMS(BORDER_GETTER){NULL, NULL, NULL, NULL, NULL}};
    static PyMethodDef methods[] = {
        {"as_dict", border_verdict_as_dict, METH_NOARGS,
         "The verdict as the command writes it in JSON, without rules_version(): plain str, int and None."},
        {NULL, NULL, 0, NULL},
    };
    static PyType_Slot slots[] = {
        {Py_tp_new, (void *)border_verdict_new},
        {Py_tp_dealloc, (void *)border_verdict_drop},
        {Py_tp_getset, getters},
        {Py_tp_methods, methods},
        {Py_tp_hash, (void *)border_verdict_hash},
        {Py_tp_richcompare, (void *)border_verdict_compare},
        {Py_tp_iter, (void *)border_verdict_iter},
        {Py_mp_length, (void *)border_verdict_length},
        {Py_mp_subscript, (void *)border_verdict_part},
        {0, NULL},
    };
    static PyType_Spec spec = {"smtpcodes.Verdict", sizeof(struct border_verdict), 0, Py_TPFLAGS_DEFAULT, slots};
    PyObject *type = PyType_FromSpec(&spec);
    border_item_names = PyTuple_New(ITEMS);
    for (int i = 0; border_item_names && i < ITEMS; i++) {
        PyTuple_SetItem(border_item_names, i, PyUnicode_InternFromString(getters[i].name));
    }
    if (!type || !border_item_names || PyObject_SetAttrString(type, "_fields", border_item_names)) {
        Py_CLEAR(type);
    }
    border_verdict_type = (PyTypeObject *)type;
    return type;
}

/* ---- from text to verdict ---- */

/* A verdict that waits for the core, which reads text->bytes and writes verdict; NULL with an exception. It holds the
 * text meanwhile, so the caller's object may vanish. */
static struct border_verdict *border_verdict_start(PyObject *object, struct border_text *text)
{
    if (!border_bound() || border_text_get(object, text)) {
        return NULL;
    }
    struct border_verdict *self = PyObject_New(struct border_verdict, border_verdict_type);
    if (!self) {
        border_text_drop(text);
        return NULL;
    }
    Py_INCREF(text->object);
    self->text = text->object;
    self->rule = self->items = NULL;
    return self;
}

/* The verdict, now that the core has written it; NULL with an exception. It keeps the text for the evidence, unless
 * that is much memory, or the type may point back to the verdict. */
static PyObject *border_verdict_finish(struct border_verdict *self, struct border_text *text)
{
    enum { KEPT = 1024 };
    int failed = 0;
    if (!self->verdict.evidence_length) {
        Py_CLEAR(self->text);
    } else if (text->length > KEPT || !(PyUnicode_CheckExact(self->text) || PyBytes_CheckExact(self->text))) {
        failed = (self->items = border_items(self)) == NULL;
        Py_CLEAR(self->text);
    }
    border_text_drop(text);
    if (failed) {
        Py_DECREF(self);
        return NULL;
    }
    return (PyObject *)self;
}

/* The same with rules of a user's own, which may be freed before the verdict is. */
static PyObject *border_verdict_finish_with(struct border_verdict *self, struct border_text *text)
{
    if (!self->verdict.rule || (self->rule = border_name(self->verdict.rule)) != NULL) {
        return border_verdict_finish(self, text);
    }
    border_text_drop(text);
    Py_DECREF(self);
    return NULL;
}

/* ---- the short way ----
 * A function written in Python costs more than all that the binding does, so the usual call of classify() stays in C.
 */

static PyObject *border_long_way;

static PyObject *border_call(PyObject *function, PyObject *const *args, Py_ssize_t count, PyObject *names)
{
    PyObject *positional = PyTuple_New(count), *named = PyDict_New(), *result = NULL;
    int failed = !positional || !named;
    for (Py_ssize_t i = 0; !failed && i < count; i++) {
        Py_INCREF(args[i]);
        failed = PyTuple_SetItem(positional, i, args[i]);
    }
    for (Py_ssize_t i = 0; !failed && names && i < PyTuple_Size(names); i++) {
        failed = PyDict_SetItem(named, PyTuple_GetItem(names, i), args[count + i]);
    }
    if (!failed) {
        result = PyObject_Call(function, positional, named);
    }
    Py_XDECREF(positional);
    Py_XDECREF(named);
    return result;
}

static PyObject *border_classify(PyObject *self, PyObject *const *args, Py_ssize_t count, PyObject *names)
{
    struct border_text text;
    (void)self;
    if (count != 1 || names || !(PyUnicode_Check(args[0]) || PyBytes_Check(args[0]))) {
        return border_call(border_long_way, args, count, names);
    }
    struct border_verdict *verdict = border_verdict_start(args[0], &text);
    if (!verdict) {
        return NULL;
    }
    smtpcodes_classify(text.bytes, (size_t)text.length, &verdict->verdict);
    return border_verdict_finish(verdict, &text);
}

/* shortcut(function, doc): the function classify, with this text as its own documentation */
static PyObject *border_shortcut(PyObject *self, PyObject *args)
{
    static PyMethodDef method = {"classify", (PyCFunction)(void (*)(void))border_classify,
                                 METH_FASTCALL | METH_KEYWORDS, NULL};
    PyObject *function, *doc;
    (void)self;
    if (!PyArg_ParseTuple(args, "OU", &function, &doc) ||
        (method.ml_doc = PyUnicode_AsUTF8AndSize(doc, NULL)) == NULL) {
        return NULL;
    }
    Py_INCREF(doc);
    Py_INCREF(function);
    border_long_way = function;
    PyObject *module = PyObject_GetAttrString(function, "__module__");
    PyObject *result = module ? PyCFunction_NewEx(&method, NULL, module) : NULL;
    Py_XDECREF(module);
    return result;
}

/* ---- many verdicts ---- */

/* Replies between two times that the GIL is given up: enough that the time to get it back does not count. */
enum { BLOCK = 256 };

struct border_job {
    struct border_text text;
    struct border_verdict *verdict;
};

static void border_job_drop(struct border_job *job)
{
    border_text_drop(&job->text);
    Py_DECREF(job->verdict);
}

/* Takes the next replies; the number of jobs, or -1 with an exception. */
static int border_jobs_take(struct border_job *jobs, PyObject *replies, PyObject *text_of)
{
    int count = 0;
    PyObject *reply;
    while (count < BLOCK && (reply = PyIter_Next(replies)) != NULL) {
        if (!PyUnicode_CheckExact(reply) && !PyBytes_CheckExact(reply)) {
            PyObject *text = PyObject_CallFunctionObjArgs(text_of, reply, NULL);
            Py_DECREF(reply);
            reply = text;
        }
        jobs[count].verdict = reply ? border_verdict_start(reply, &jobs[count].text) : NULL;
        Py_XDECREF(reply);
        if (!jobs[count].verdict) {
            break;
        }
        count++;
    }
    if (!PyErr_Occurred()) {
        return count;
    }
    while (count > 0) {
        border_job_drop(&jobs[--count]);
    }
    return -1;
}

/* Appends the verdicts; 0, or -1 with an exception. Ends all jobs in any case. */
static int border_jobs_give(struct border_job *jobs, int count, int own, PyObject *list)
{
    int failed = 0;
    for (int i = 0; i < count; i++) {
        if (failed) {
            border_job_drop(&jobs[i]);
            continue;
        }
        PyObject *verdict = own ? border_verdict_finish_with(jobs[i].verdict, &jobs[i].text)
                                : border_verdict_finish(jobs[i].verdict, &jobs[i].text);
        failed = !verdict || PyList_Append(list, verdict);
        Py_XDECREF(verdict);
    }
    return -failed;
}

/* classify_many(replies, rules, context, text_of): a list of verdicts. text_of makes text of what is none. */
static PyObject *border_classify_many(PyObject *self, PyObject *args)
{
    PyObject *replies, *rules_object, *context_object, *text_of, *result = NULL;
    const struct smtpcodes_rules *rules = NULL;
    struct border_context known;
    struct border_job jobs[BLOCK];
    (void)self;
    if (!PyArg_ParseTuple(args, "OOOO", &replies, &rules_object, &context_object, &text_of) ||
        (rules_object != Py_None && (rules = border_rules(rules_object)) == NULL)) {
        return NULL;
    }
    const struct smtpcodes_context *context = context_object == Py_None ? NULL : &known.context;
    PyObject *iterator = PyObject_GetIter(replies);
    if (!border_context_get(context_object, &known) && iterator) {
        result = PyList_New(0);
    }
    int count = BLOCK;
    while (result && count == BLOCK) {
        count = border_jobs_take(jobs, iterator, text_of);
        if (count > 0) {
            Py_BEGIN_ALLOW_THREADS for (int i = 0; i < count; i++)
            {
                smtpcodes_classify_with(rules, context, jobs[i].text.bytes, (size_t)jobs[i].text.length,
                                        &jobs[i].verdict->verdict);
            }
            Py_END_ALLOW_THREADS
        }
        if (count < 0 || border_jobs_give(jobs, count, rules != NULL, result)) {
            Py_CLEAR(result);
        }
    }
    Py_XDECREF(iterator);
    border_context_drop(&known);
    return result;
}
