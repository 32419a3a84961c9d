/* The door (why403.h, w403_ask) for Python: bytes in, bytes out, without the interpreter's lock while it thinks. Everything that a
 * user of Python sees is written in Python above it. */
#define PY_SSIZE_T_CLEAN
#define Py_LIMITED_API 0x030A0000
#include <Python.h>

#include <string.h>

#include "cli/cli.h"
#include "why403.h"

typedef struct world_object {
    PyObject_HEAD
    w403_world *world;
    w403_arena *spare; /* of the last question, for the next one: its pages are there already. Taken and given with the lock held */
} world_object;

enum { SPARE_BYTES = 16 << 20 }; /* one that a question needed more of is given back */

static w403_arena *arena_taken(PyObject *self)
{
    world_object *w = (world_object *)self;
    w403_arena   *a = w->spare ? w->spare : w403_arena_new(0);
    w->spare = NULL;
    if (a) {
        w403_arena_speak(a, NULL);
    }
    return a;
}

static void arena_given(PyObject *self, w403_arena *a)
{
    world_object *w = (world_object *)self;
    if (a && !w->spare && w403_arena_used(a) <= SPARE_BYTES) {
        w403_arena_reset(a);
        w->spare = a;
    } else {
        w403_arena_free(a);
    }
}

/* Words of a user may be in it, cut wherever there was no more room. */
static PyObject *words(const char *text)
{
    return PyUnicode_DecodeUTF8(text, (Py_ssize_t)strlen(text), "replace");
}

/* (code, message, source, line, column, offset, length, hint): what why403.Error is made of. */
static PyObject *error_tuple(const w403_error *e)
{
    return Py_BuildValue("(iNNkkKKN)", (int)e->code, words(e->message), words(e->source), (unsigned long)e->line, (unsigned long)e->column,
                         (unsigned long long)e->offset, (unsigned long long)e->length, words(e->hint));
}

static w403_error no_memory(void)
{
    return (w403_error){.code = W403_NOMEM, .message = "out of memory"};
}

/* ---- a world ---- */

static PyObject *world_of(PyTypeObject *type, w403_world *world, w403_status status, const w403_error *err)
{
    PyObject *object = NULL;
    if (status == W403_OK) {
        allocfunc alloc = (allocfunc)PyType_GetSlot(type, Py_tp_alloc);
        object = alloc(type, 0);
        if (!object) {
            w403_world_free(world);
            return NULL;
        }
        ((world_object *)object)->world = world;
        return Py_BuildValue("(NO)", object, Py_None);
    }
    return Py_BuildValue("(ON)", Py_None, error_tuple(err));
}

/* World._load(path) -> (World or None, error or None) */
static PyObject *world_load(PyObject *type, PyObject *args)
{
    PyObject   *path = NULL;
    w403_error  err = no_memory();
    w403_world *world = NULL;
    w403_status status;
    if (!PyArg_ParseTuple(args, "O&", PyUnicode_FSConverter, &path)) {
        return NULL;
    }
    const char *name = PyBytes_AsString(path);
    Py_BEGIN_ALLOW_THREADS
    status = w403_world_load(name, &world, &err);
    Py_END_ALLOW_THREADS
    Py_DECREF(path);
    return world_of((PyTypeObject *)type, world, status, &err);
}

/* World._parse(text: bytes) */
static PyObject *world_parse(PyObject *type, PyObject *args)
{
    const char *text;
    Py_ssize_t  n;
    w403_error  err = no_memory();
    w403_world *world = NULL;
    w403_status status;
    if (!PyArg_ParseTuple(args, "y#", &text, &n)) {
        return NULL;
    }
    Py_BEGIN_ALLOW_THREADS
    status = w403_world_parse((w403_view){text, (size_t)n}, &world, &err);
    Py_END_ALLOW_THREADS
    return world_of((PyTypeObject *)type, world, status, &err);
}

static PyObject *answered(w403_status status, const w403_reply *reply, const w403_error *err)
{
    return status == W403_OK ? Py_BuildValue("(y#iO)", reply->text.n ? reply->text.p : "", (Py_ssize_t)reply->text.n,
                                             reply->exit_status, Py_None)
                             : Py_BuildValue("(OiN)", Py_None, reply->exit_status, error_tuple(err));
}

/* _ask(question: bytes) -> (answer or None, exit status, error or None) */
static PyObject *world_ask(PyObject *self, PyObject *args)
{
    const char *text;
    Py_ssize_t  n;
    w403_error  err = no_memory();
    w403_reply  reply = {.exit_status = 2};
    w403_status status = W403_NOMEM;
    if (!PyArg_ParseTuple(args, "y#", &text, &n)) {
        return NULL;
    }
    const w403_world *world = ((world_object *)self)->world;
    w403_arena       *a = arena_taken(self);
    Py_BEGIN_ALLOW_THREADS
    if (a) {
        status = w403_ask(world, (w403_view){text, (size_t)n}, a, &reply, &err);
    }
    Py_END_ALLOW_THREADS
    PyObject *out = answered(status, &reply, &err);
    arena_given(self, a);
    return out;
}

/* _ask_lines(question: bytes, lines: bytes) -> as _ask */
static PyObject *world_ask_lines(PyObject *self, PyObject *args)
{
    const char *text, *lines;
    Py_ssize_t  n, n_lines;
    w403_error  err = no_memory();
    w403_reply  reply = {.exit_status = 2};
    w403_status status = W403_NOMEM;
    if (!PyArg_ParseTuple(args, "y#y#", &text, &n, &lines, &n_lines)) {
        return NULL;
    }
    const w403_world *world = ((world_object *)self)->world;
    w403_arena       *a = arena_taken(self);
    Py_BEGIN_ALLOW_THREADS
    if (a) {
        status = w403_ask_lines(world, (w403_view){text, (size_t)n}, (w403_view){lines, (size_t)n_lines}, a, &reply, &err);
    }
    Py_END_ALLOW_THREADS
    PyObject *out = answered(status, &reply, &err);
    arena_given(self, a);
    return out;
}

/* ---- verdicts: lines of an answer, looked at when somebody does ---- */

typedef struct line_object {
    PyObject_HEAD
    PyObject *owner; /* bytes: all the lines of a batch */
    Py_ssize_t at, n;
} line_object;

static PyObject *line_of(PyTypeObject *type, PyObject *owner, Py_ssize_t at, Py_ssize_t n)
{
    allocfunc alloc = (allocfunc)PyType_GetSlot(type, Py_tp_alloc);
    PyObject *object = alloc(type, 0);
    if (object) {
        line_object *line = (line_object *)object;
        Py_INCREF(owner);
        line->owner = owner;
        line->at = at;
        line->n = n;
    }
    return object;
}

/* Line(text: bytes) */
static PyObject *line_new(PyTypeObject *type, PyObject *args, PyObject *named)
{
    PyObject *owner;
    (void)named;
    return PyArg_ParseTuple(args, "S", &owner) ? line_of(type, owner, 0, PyBytes_Size(owner)) : NULL;
}

static w403_view line_view(PyObject *self)
{
    const line_object *line = (const line_object *)self;
    return (w403_view){PyBytes_AsString(line->owner) + line->at, (size_t)line->n};
}

static PyObject *line_text(PyObject *self, void *closure)
{
    w403_view text = line_view(self);
    (void)closure;
    return PyBytes_FromStringAndSize(text.p, (Py_ssize_t)text.n);
}

/* None where the line was no request. What it looks for stands in no text before it: there a quote is escaped. */
static PyObject *line_decision(PyObject *self, void *closure)
{
    static const char member[] = "\"decision\":\"";
    w403_view   text = line_view(self);
    const char *found = memmem(text.p, text.n, member, sizeof member - 1);
    (void)closure;
    for (int v = W403_ALLOWED; found && v <= W403_UNDETERMINED; v++) {
        const char *name = w403_verdict_name((w403_verdict)v);
        if (found[sizeof member - 1] == name[0]) {
            return PyUnicode_InternFromString(name);
        }
    }
    Py_RETURN_NONE;
}

static void line_dealloc(PyObject *self)
{
    PyTypeObject *type = Py_TYPE(self);
    Py_XDECREF(((line_object *)self)->owner);
    ((freefunc)PyType_GetSlot(type, Py_tp_free))(self);
    Py_DECREF(type);
}

static PyGetSetDef line_members[] = {
    {"text", line_text, NULL, "The line, as `why403 decide` prints it.", NULL},
    {"decision", line_decision, NULL, "allowed, denied or undetermined; None: it was no request, and `error` says why.", NULL},
    {NULL, NULL, NULL, NULL, NULL},
};

static PyType_Slot line_slots[] = {
    {Py_tp_new, (void *)line_new},
    {Py_tp_dealloc, (void *)line_dealloc},
    {Py_tp_getset, line_members},
    {0, NULL},
};

static PyType_Spec line_spec = {
    .name = "why403._why403.Line",
    .basicsize = sizeof(line_object),
    .flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE,
    .slots = line_slots,
};

static PyObject *lines_of(PyTypeObject *type, w403_view text)
{
    PyObject *list = PyList_New(0), *owner = PyBytes_FromStringAndSize(text.n ? text.p : "", (Py_ssize_t)text.n);
    for (size_t at = 0; list && owner && at < text.n;) {
        const char *end = memchr(text.p + at, '\n', text.n - at);
        size_t      n = end ? (size_t)(end - text.p) - at : text.n - at;
        PyObject   *line = line_of(type, owner, (Py_ssize_t)at, (Py_ssize_t)n);
        if (!line || PyList_Append(list, line) != 0) {
            Py_CLEAR(list);
        }
        Py_XDECREF(line);
        at += n + 1;
    }
    Py_XDECREF(owner);
    if (!owner) {
        Py_CLEAR(list);
    }
    return list;
}

/* A text in quotes; false where something in it has to be escaped, or is no character. */
static bool put_text(w403_buf *out, PyObject *text)
{
    Py_ssize_t     n;
    unsigned       odd = 0;
    const char    *p = PyUnicode_AsUTF8AndSize(text, &n);
    if (!p) {
        PyErr_Clear(); /* half of a surrogate pair */
        return false;
    }
    for (Py_ssize_t i = 0; i < n; i++) {
        odd |= (unsigned)((unsigned char)p[i] < ' ') | (unsigned)(p[i] == '"') | (unsigned)(p[i] == '\\');
    }
    w403_buf_putc(out, '"');
    w403_buf_put(out, (w403_view){p, (size_t)n});
    w403_buf_putc(out, '"');
    return !odd;
}

/* What most requests are, a dict of texts, without a detour; false: something else, and what was written of it is of no use. */
static bool put_texts(w403_buf *out, PyObject *request)
{
    PyObject  *name, *value;
    Py_ssize_t at = 0;
    char       before = '{';
    if (!PyDict_CheckExact(request) || PyDict_Size(request) == 0) {
        return false;
    }
    while (PyDict_Next(request, &at, &name, &value)) {
        w403_buf_putc(out, before);
        before = ',';
        if (!PyUnicode_CheckExact(name) || !PyUnicode_CheckExact(value) || !put_text(out, name)) {
            return false;
        }
        w403_buf_putc(out, ':');
        if (!put_text(out, value)) {
            return false;
        }
    }
    w403_buf_putc(out, '}');
    return true;
}

/* A request as a line; anything but texts by `encode`, which is json's. False with an exception set. */
static bool put_request(w403_buf *out, PyObject *request, PyObject *encode)
{
    size_t before = out->n;
    if (!put_texts(out, request)) {
        out->n = before;
        PyObject   *text = PyObject_CallFunctionObjArgs(encode, request, NULL);
        Py_ssize_t  n = 0;
        const char *p = text ? PyUnicode_AsUTF8AndSize(text, &n) : NULL;
        if (p) {
            w403_buf_put(out, (w403_view){p, (size_t)n});
        }
        Py_XDECREF(text);
        if (!p) {
            return false;
        }
    }
    w403_buf_putc(out, '\n');
    return true;
}

static PyObject *decide_lines(PyObject *self, w403_view question, w403_view lines, PyTypeObject *type)
{
    w403_error        err = no_memory();
    w403_reply        reply = {.exit_status = 2};
    w403_status       status = W403_NOMEM;
    const w403_world *world = ((world_object *)self)->world;
    w403_arena       *a = arena_taken(self);
    Py_BEGIN_ALLOW_THREADS
    if (a) {
        status = w403_ask_lines(world, question, lines, a, &reply, &err);
    }
    Py_END_ALLOW_THREADS
    PyObject *out = status == W403_OK ? Py_BuildValue("(NO)", lines_of(type, reply.text), Py_None)
                                      : Py_BuildValue("(ON)", Py_None, error_tuple(&err));
    arena_given(self, a);
    return out;
}

/* _decide(question: bytes, requests: list, encode, type) -> (list of type, a subclass of Line, or None; error or None). encode: what is
 * no dict of plain texts, in JSON on one line. */
static PyObject *world_decide(PyObject *self, PyObject *args)
{
    const char *text;
    Py_ssize_t  n;
    PyObject   *requests, *encode, *type;
    if (!PyArg_ParseTuple(args, "y#O!OO!", &text, &n, &PyList_Type, &requests, &encode, &PyType_Type, &type)) {
        return NULL;
    }
    w403_buf  lines = {0};
    PyObject *out = NULL;
    bool      good = true;
    for (Py_ssize_t i = 0; good && i < PyList_Size(requests); i++) {
        PyObject *request = PyList_GetItem(requests, i);
        Py_INCREF(request); /* encode may do anything to the list */
        good = put_request(&lines, request, encode);
        Py_DECREF(request);
    }
    if (good && w403_buf_ok(&lines)) {
        out = decide_lines(self, (w403_view){text, (size_t)n}, w403_buf_view(&lines), (PyTypeObject *)type);
    } else if (good) {
        PyErr_NoMemory();
    }
    w403_buf_free(&lines);
    return out;
}

/* ---- Arrow streams ---- */

#define CAPSULE "arrow_array_stream"

/* A stream that keeps its world alive as long as somebody reads it, whoever that is and without the interpreter. */
typedef struct kept_stream {
    struct ArrowArrayStream inner;
    PyObject *world;
} kept_stream;

static int kept_schema(struct ArrowArrayStream *s, struct ArrowSchema *out)
{
    kept_stream *k = s->private_data;
    return k->inner.get_schema(&k->inner, out);
}

static int kept_next(struct ArrowArrayStream *s, struct ArrowArray *out)
{
    kept_stream *k = s->private_data;
    return k->inner.get_next(&k->inner, out);
}

static const char *kept_error(struct ArrowArrayStream *s)
{
    kept_stream *k = s->private_data;
    return k->inner.get_last_error(&k->inner);
}

static void kept_release(struct ArrowArrayStream *s)
{
    kept_stream *k = s->private_data;
    k->inner.release(&k->inner);
    PyGILState_STATE state = PyGILState_Ensure();
    Py_DECREF(k->world);
    PyMem_Free(k);
    PyGILState_Release(state);
    s->release = NULL;
}

static void free_capsule(PyObject *capsule)
{
    struct ArrowArrayStream *s = PyCapsule_GetPointer(capsule, CAPSULE);
    if (s && s->release) {
        s->release(s);
    }
    PyMem_Free(s);
}

/* _sweep_arrow(question: bytes, stream: capsule) -> (capsule or None, error or None); takes the stream. */
static PyObject *world_sweep_arrow(PyObject *self, PyObject *args)
{
    const char *text;
    Py_ssize_t  n;
    PyObject   *capsule;
    w403_error  err = no_memory();
    if (!PyArg_ParseTuple(args, "y#O", &text, &n, &capsule)) {
        return NULL;
    }
    struct ArrowArrayStream *in = PyCapsule_GetPointer(capsule, CAPSULE);
    struct ArrowArrayStream *out = in ? PyMem_Malloc(sizeof *out) : NULL;
    kept_stream             *kept = out ? PyMem_Malloc(sizeof *kept) : NULL;
    if (!in || !kept) {
        PyMem_Free(out);
        return in ? PyErr_NoMemory() : NULL;
    }
    const w403_world *world = ((world_object *)self)->world;
    w403_status       status;
    Py_BEGIN_ALLOW_THREADS
    status = w403_sweep_arrow(world, (w403_view){text, (size_t)n}, in, &kept->inner, &err);
    Py_END_ALLOW_THREADS
    if (status != W403_OK) {
        PyMem_Free(out);
        PyMem_Free(kept);
        return Py_BuildValue("(ON)", Py_None, error_tuple(&err));
    }
    Py_INCREF(self);
    kept->world = self;
    *out = (struct ArrowArrayStream){.get_schema = kept_schema, .get_next = kept_next, .get_last_error = kept_error,
                                     .release = kept_release, .private_data = kept};
    PyObject *made = PyCapsule_New(out, CAPSULE, free_capsule);
    if (!made) {
        kept_release(out);
        PyMem_Free(out);
        return NULL;
    }
    return Py_BuildValue("(NO)", made, Py_None);
}

static void world_dealloc(PyObject *self)
{
    PyTypeObject *type = Py_TYPE(self);
    w403_world_free(((world_object *)self)->world);
    w403_arena_free(((world_object *)self)->spare);
    ((freefunc)PyType_GetSlot(type, Py_tp_free))(self);
    Py_DECREF(type);
}

static PyMethodDef world_methods[] = {
    {"_load", world_load, METH_VARARGS | METH_CLASS, "A snapshot folder or file."},
    {"_parse", world_parse, METH_VARARGS | METH_CLASS, "A snapshot in the single-file form; empty: none."},
    {"_ask", world_ask, METH_VARARGS, "One question, one answer."},
    {"_ask_lines", world_ask_lines, METH_VARARGS, "Requests, one a line; verdicts, one a line."},
    {"_decide", world_decide, METH_VARARGS, "Requests as a list; verdicts as a list."},
    {"_sweep_arrow", world_sweep_arrow, METH_VARARGS, "A sweep over an Arrow stream."},
    {NULL, NULL, 0, NULL},
};

static PyType_Slot world_slots[] = {
    {Py_tp_dealloc, (void *)world_dealloc},
    {Py_tp_methods, world_methods},
    {0, NULL},
};

static PyType_Spec world_spec = {
    .name = "why403._why403.World",
    .basicsize = sizeof(world_object),
    .flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE,
    .slots = world_slots,
};

/* ---- the module ---- */

/* main(arguments: list[bytes]) -> exit status: the command line, in this process. */
static PyObject *run_main(PyObject *self, PyObject *args)
{
    PyObject *list;
    (void)self;
    if (!PyArg_ParseTuple(args, "O", &list) || !PyList_Check(list)) {
        PyErr_SetString(PyExc_TypeError, "a list of bytes is wanted");
        return NULL;
    }
    Py_ssize_t n = PyList_Size(list);
    char     **argv = PyMem_Malloc(((size_t)n + 1) * sizeof *argv);
    int        status = 2;
    if (!argv) {
        return PyErr_NoMemory();
    }
    for (Py_ssize_t i = 0; i < n; i++) {
        argv[i] = PyBytes_AsString(PyList_GetItem(list, i)); /* borrowed, and kept by the list */
        if (!argv[i]) {
            PyMem_Free(argv);
            return NULL;
        }
    }
    argv[n] = NULL;
    Py_BEGIN_ALLOW_THREADS
    status = w403_cli_main((int)n, argv);
    Py_END_ALLOW_THREADS
    PyMem_Free(argv);
    return PyLong_FromLong(status);
}

static PyObject *version(PyObject *self, PyObject *args)
{
    (void)self;
    (void)args;
    return PyUnicode_FromString(w403_version());
}

static PyMethodDef module_methods[] = {
    {"main", run_main, METH_VARARGS, "The command line."},
    {"version", version, METH_NOARGS, "The engine's version."},
    {NULL, NULL, 0, NULL},
};

static int add_types(PyObject *module)
{
    PyObject *world = PyType_FromSpec(&world_spec), *line = PyType_FromSpec(&line_spec);
    int       failed = !world || !line || PyModule_AddObjectRef(module, "World", world) != 0 ||
                 PyModule_AddObjectRef(module, "Line", line) != 0;
    Py_XDECREF(world);
    Py_XDECREF(line);
    return failed ? -1 : 0;
}

static PyModuleDef_Slot module_slots[] = {
    {Py_mod_exec, (void *)add_types},
    {0, NULL},
};

static struct PyModuleDef module = {
    PyModuleDef_HEAD_INIT, .m_name = "_why403", .m_methods = module_methods, .m_slots = module_slots};

PyMODINIT_FUNC PyInit__why403(void);

PyMODINIT_FUNC PyInit__why403(void)
{
    return PyModuleDef_Init(&module);
}
