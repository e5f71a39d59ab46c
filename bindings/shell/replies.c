/* Replies from a file, used one after the other or by several threads. Either way they go through in blocks: read,
 * used, and what came of it is written in the order of the input. */
#include "command.h"

#include <pthread.h>
#include <stdarg.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

int choice(const char *const *words, const char *word)
{
    for (int i = 0; words[i]; i++) {
        if (strcmp(words[i], word) == 0) {
            return i;
        }
    }
    return -1;
}

int form_from_name(const char *name, enum form *form)
{
    static const char *const names[] = {"lines", "nul", "jsonl", NULL};
    int value = choice(names, name);
    if (value < 0) {
        complain(0, "--input is lines, nul or jsonl, not \"%s\"", name);
        return 0;
    }
    *form = (enum form)value;
    return 1;
}

/* ---- a block ---- */

/* A complaint, and how much output stands before it. */
struct mark {
    size_t output, complaints;
};

struct block {
    struct records records;
    struct output output, complaints;
    struct mark *marks;
    size_t mark_count, mark_room;
    int status;
    int waits, done; /* for the writer: output is to be taken before it goes on; all of it is there */
};

struct crew;

struct run {
    const struct replies *replies;
    struct crew *crew; /* NULL: there are no threads */
    size_t written;    /* records */
    int status;
    int progress;
    time_t shown;
};

/* What complain() would say, kept until the output before it is written. */
#ifdef __GNUC__
__attribute__((format(printf, 2, 3)))
#endif
static void
remark(struct block *block, const char *format, ...)
{
    struct output *out = &block->complaints;
    va_list arguments;
    if (block->mark_count == block->mark_room) {
        block->mark_room = 2 * block->mark_room + 16;
        struct mark *marks = realloc(block->marks, block->mark_room * sizeof *marks);
        if (!marks) {
            out_of_memory();
        }
        block->marks = marks;
    }
    put_text(out, "smtpcodes: ");
    va_start(arguments, format);
    const int length = vsnprintf(NULL, 0, format, arguments);
    va_end(arguments);
    if (length > 0) {
        char *p = output_end(out, (size_t)length + 1);
        va_start(arguments, format);
        vsnprintf(p, (size_t)length + 1, format, arguments);
        va_end(arguments);
        out->used += (size_t)length;
    }
    put_char(out, '\n');
    block->marks[block->mark_count++] = (struct mark){block->output.used, out->used};
    block->status = NOT_UNDERSTOOD;
}

/* A stretch of a block's output; 0 if no more is wanted. */
static int take(const struct run *run, const struct block *block, size_t from, size_t to)
{
    const struct replies *replies = run->replies;
    if (from == to) {
        return 1;
    }
    const char *bytes = block->output.bytes + from;
    return replies->take ? replies->take(replies->context, bytes, to - from) : write_output(bytes, to - from);
}

/* Output and complaints, each in its place; 0 if no more is wanted. */
static int write_block(struct run *run, struct block *block)
{
    struct mark before = {0, 0};
    int wanted = 1;
    for (size_t i = 0; i < block->mark_count && wanted; i++) {
        const struct mark *mark = &block->marks[i];
        wanted = take(run, block, before.output, mark->output);
        fwrite(block->complaints.bytes + before.complaints, 1, mark->complaints - before.complaints, stderr);
        before = *mark;
    }
    wanted = wanted && take(run, block, before.output, block->output.used);
    block->output.used = block->complaints.used = block->mark_count = 0;
    return wanted;
}

static void free_block(struct block *block)
{
    output_free(&block->records.bytes);
    output_free(&block->output);
    output_free(&block->complaints);
    free(block->marks);
}

/* Once a second, on a terminal. */
static void show_progress(struct run *run)
{
    const time_t now = time(NULL);
    if (run->progress && now != run->shown) {
        fprintf(stderr, "\r%zu replies", run->written);
        run->shown = now;
    }
}

/* ---- using a block ---- */

static int wait_for_writer(struct crew *crew, struct block *block);

/* After each reply: what is there is written if it must be. 0 if no more is wanted. */
static int pass_on(struct run *run, struct block *block)
{
    /* A thread's output is written when its block is done; only what would take too much memory goes before, in its
     * turn. */
    enum { CREW_BLOCK = 16 * OUTPUT_BLOCK };
    const size_t used = block->output.used + block->complaints.used;
    if (run->crew) {
        return used < CREW_BLOCK || wait_for_writer(run->crew, block);
    }
    if (used < OUTPUT_BLOCK && !run->replies->line_buffered && !block->mark_count) {
        return 1;
    }
    return write_block(run, block);
}

/* Uses the text of a JSON object. */
static void use_object(const struct replies *replies, struct block *block, size_t line, const char *bytes,
                       size_t length)
{
    json_error_t error;
    json_t *object = json_loadb(bytes, length, JSON_ALLOW_NUL, &error);
    if (!json_is_object(object)) {
        if (object) {
            remark(block, "%s:%zu: a JSON object is expected on each line", replies->file, line);
        } else {
            remark(block, "%s:%zu: no JSON: %s at column %d", replies->file, line, error.text, error.column);
        }
        json_decref(object);
        return;
    }
    /* the text may be replaced in the object while it is in use */
    json_t *text = json_incref(json_object_get(object, replies->field));
    if (!json_is_string(text)) {
        remark(block, "%s:%zu: the object has no string under the key \"%s\"", replies->file, line, replies->field);
    }
    replies->use(replies->context, &(struct reply){json_string_value(text), json_string_length(text), object},
                 &block->output);
    json_decref(text);
    json_decref(object);
}

/* Returns 0 if no more is wanted. */
static int use_block(struct run *run, struct block *block)
{
    const struct replies *replies = run->replies;
    const struct records *records = &block->records;
    const int end_byte = replies->form == FORM_NUL ? '\0' : '\n';
    const char *bytes = records->bytes.bytes, *const behind = bytes + records->bytes.used;
    for (size_t number = records->first; bytes < behind; number++) {
        const char *end = memchr(bytes, end_byte, (size_t)(behind - bytes));
        size_t length = (size_t)((end ? end : behind) - bytes);
        if (length > INPUT_LIMIT || (records->cut && number == records->first)) {
            length = length < INPUT_LIMIT ? length : INPUT_LIMIT;
            remark(block, "%s:%zu: longer than %d MiB, its rest is passed over", replies->file, number,
                   INPUT_LIMIT >> 20);
        }
        if (end_byte == '\n' && length > 0 && bytes[length - 1] == '\r') {
            length--;
        }
        if (replies->form != FORM_JSONL) {
            replies->use(replies->context, &(struct reply){bytes, length, NULL}, &block->output);
        } else if (length > 0) {
            use_object(replies, block, number, bytes, length);
        }
        if (!pass_on(run, block)) {
            return 0;
        }
        bytes = end ? end + 1 : behind;
    }
    return 1;
}

/* ---- without threads ---- */

static void run_alone(struct run *run, struct input *input)
{
    struct block block = {.status = DONE};
    int wanted = 1;
    while (wanted && input_read(input, &block.records)) {
        wanted = use_block(run, &block);
        run->written = input->record;
        show_progress(run);
    }
    if (wanted) {
        write_block(run, &block);
    }
    run->status = block.status;
    free_block(&block);
}

/* ---- with threads: one reads, some use, and the caller's writes ---- */

/* At most so much input is read ahead, or one record where that is longer. */
enum { AHEAD = 4 * INPUT_LIMIT };

struct crew {
    struct run *run;
    struct input *input;
    pthread_mutex_t lock;                  /* of all below, but for the content of a block, which is its user's */
    pthread_cond_t room, work, news, turn; /* for the reader, the users, the writer, users that wait for the writer */
    struct block *blocks;                  /* the n-th in the place n % count */
    size_t count;
    size_t read, taken, written; /* blocks so far: read >= taken >= written */
    size_t ahead;                /* bytes of input in memory */
    int ended;                   /* all is read */
    int stopped;                 /* no more is wanted */
};

/* A user has so much that it must be written before it goes on. 0 if no more is wanted. */
static int wait_for_writer(struct crew *crew, struct block *block)
{
    pthread_mutex_lock(&crew->lock);
    block->waits = 1;
    pthread_cond_signal(&crew->news);
    while (block->waits && !crew->stopped) {
        pthread_cond_wait(&crew->turn, &crew->lock);
    }
    const int wanted = !crew->stopped;
    pthread_mutex_unlock(&crew->lock);
    return wanted;
}

static void *read_blocks(void *context)
{
    struct crew *crew = context;
    int state, more = 1;
    pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, &state);
    pthread_mutex_lock(&crew->lock);
    while (more) {
        while (!crew->stopped && (crew->read - crew->written == crew->count || crew->ahead >= AHEAD)) {
            pthread_cond_wait(&crew->room, &crew->lock);
        }
        if (crew->stopped) {
            break;
        }
        struct block *block = &crew->blocks[crew->read % crew->count];
        pthread_mutex_unlock(&crew->lock);
        more = input_read(crew->input, &block->records);
        pthread_mutex_lock(&crew->lock);
        if (more) {
            crew->read++;
            crew->ahead += block->records.bytes.used;
            pthread_cond_signal(&crew->work);
        }
    }
    crew->ended = 1;
    pthread_cond_broadcast(&crew->work);
    pthread_cond_signal(&crew->news);
    pthread_mutex_unlock(&crew->lock);
    return NULL;
}

static void *use_blocks(void *context)
{
    struct crew *crew = context;
    pthread_mutex_lock(&crew->lock);
    for (;;) {
        while (!crew->stopped && !crew->ended && crew->taken == crew->read) {
            pthread_cond_wait(&crew->work, &crew->lock);
        }
        if (crew->stopped || crew->taken == crew->read) {
            break;
        }
        struct block *block = &crew->blocks[crew->taken++ % crew->count];
        pthread_mutex_unlock(&crew->lock);
        use_block(crew->run, block);
        pthread_mutex_lock(&crew->lock);
        block->done = 1;
        pthread_cond_signal(&crew->news);
    }
    pthread_mutex_unlock(&crew->lock);
    return NULL;
}

/* The memory of a long record is given back, that of usual ones is used again. */
static void recycle(struct output *memory)
{
    enum { KEPT = 8 * OUTPUT_BLOCK };
    if (memory->room > KEPT) {
        output_free(memory);
    }
}

static void write_blocks(struct crew *crew)
{
    struct run *run = crew->run;
    pthread_mutex_lock(&crew->lock);
    for (;;) {
        struct block *block = &crew->blocks[crew->written % crew->count];
        if (crew->ended && crew->written == crew->read) {
            break;
        }
        if (crew->written == crew->read || !(block->done || block->waits)) {
            pthread_cond_wait(&crew->news, &crew->lock);
            continue;
        }
        pthread_mutex_unlock(&crew->lock);
        const int wanted = write_block(run, block);
        const size_t bytes = block->records.bytes.used;
        run->written = block->records.first - 1 + (block->done ? block->records.count : 0);
        show_progress(run);
        if (block->done) {
            recycle(&block->records.bytes);
            recycle(&block->output);
        }
        pthread_mutex_lock(&crew->lock);
        if (block->done) {
            run->status = block->status != DONE ? block->status : run->status;
            block->status = DONE;
            block->done = 0;
            crew->written++;
            crew->ahead -= bytes;
            pthread_cond_signal(&crew->room);
        } else {
            block->waits = 0;
            pthread_cond_broadcast(&crew->turn);
        }
        if (!wanted) {
            break;
        }
    }
    crew->stopped = 1; /* or all is done */
    pthread_cond_broadcast(&crew->room);
    pthread_cond_broadcast(&crew->work);
    pthread_cond_broadcast(&crew->turn);
    pthread_mutex_unlock(&crew->lock);
}

static void start(pthread_t *thread, void *(*work)(void *), struct crew *crew)
{
    const int error = pthread_create(thread, NULL, work, crew);
    if (error) {
        exit(complain(NOT_UNDERSTOOD, "--jobs: no thread could be started: %s", strerror(error)));
    }
}

static void run_crew(struct run *run, struct input *input)
{
    pthread_t reader, users[JOBS_MAX];
    const int jobs = run->replies->jobs;
    struct crew crew = {.run = run,
                        .input = input,
                        .lock = PTHREAD_MUTEX_INITIALIZER,
                        .room = PTHREAD_COND_INITIALIZER,
                        .work = PTHREAD_COND_INITIALIZER,
                        .news = PTHREAD_COND_INITIALIZER,
                        .turn = PTHREAD_COND_INITIALIZER};
    /* one each to work at, and as many as may wait for a turn: to be used, or to be written behind a slow one */
    crew.count = (size_t)jobs + (size_t)(jobs < 8 ? jobs : 8) + 1;
    crew.blocks = calloc(crew.count, sizeof *crew.blocks);
    if (!crew.blocks) {
        out_of_memory();
    }
    run->crew = &crew;
    json_object_seed(0); /* or the first threads to come would each do it */
    start(&reader, read_blocks, &crew);
    for (int i = 0; i < jobs; i++) {
        start(&users[i], use_blocks, &crew);
    }
    write_blocks(&crew);
    pthread_cancel(reader); /* it may wait for input that nobody wants any more */
    pthread_join(reader, NULL);
    for (int i = 0; i < jobs; i++) {
        pthread_join(users[i], NULL);
    }
    for (size_t i = 0; i < crew.count; i++) {
        free_block(&crew.blocks[i]);
    }
    free(crew.blocks);
}

int read_replies(const struct replies *replies, int descriptor)
{
    struct input input;
    struct run run = {.replies = replies, .status = DONE};
    run.progress = isatty(STDERR_FILENO) && !isatty(STDOUT_FILENO);
    input_start(&input, descriptor, replies->form == FORM_NUL ? '\0' : '\n');
    if (replies->jobs > 1) {
        run_crew(&run, &input);
    } else {
        run_alone(&run, &input);
    }
    if (run.shown) {
        fprintf(stderr, "\r%zu replies\n", run.written);
    }
    if (input.failed) {
        run.status = complain(NOT_UNDERSTOOD, "%s: %s", replies->file, strerror(input.failed));
    }
    input_free(&input);
    return run.status;
}
