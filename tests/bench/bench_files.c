/* What the files of a collection cost by themselves on this file system: each written under another name and renamed, in folders
 * of their own, and all of them kept on the disk at the end. Prints {"seconds": ..., "cpu_s": ...}.
 *
 * bench_files FOLDER FOLDERS FILES BYTES      FOLDER must not be there
 *
 * Where much was deleted a few minutes ago, ext4 takes up to fifty times as long: it does not use the inodes again so soon, and
 * looks at each of them (recently_deleted). */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "measure.h"

static double cpu_s(void)
{
    struct rusage u;
    getrusage(RUSAGE_SELF, &u);
    return (double)(u.ru_utime.tv_sec + u.ru_stime.tv_sec) + (double)(u.ru_utime.tv_usec + u.ru_stime.tv_usec) * 1e-6;
}

static int write_one(int folder, unsigned number, const char *text, size_t bytes)
{
    char hidden[64], name[64];
    (void)snprintf(hidden, sizeof hidden, ".setting-%02u.json.tmp.%ld", number, (long)getpid());
    (void)snprintf(name, sizeof name, "setting-%02u.json", number);
    int fd = openat(folder, hidden, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    int bad = fd < 0 || write(fd, text, bytes) != (ssize_t)bytes;
    bad |= fd >= 0 && close(fd) != 0;
    return bad || renameat(folder, hidden, folder, name) != 0;
}

static int folder_of(int root, unsigned number, unsigned files, const char *text, size_t bytes)
{
    char name[64];
    (void)snprintf(name, sizeof name, "team-%02u-data-%05u", number % 40, number);
    int folder = mkdirat(root, name, 0700) == 0 ? openat(root, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC) : -1;
    int bad = folder < 0;
    for (unsigned i = 0; i < files && !bad; i++) {
        bad = write_one(folder, i, text, bytes);
    }
    if (folder >= 0) {
        close(folder);
    }
    return bad;
}

int main(int argc, char **argv)
{
    unsigned folders = argc == 5 ? (unsigned)strtoul(argv[2], NULL, 10) : 0;
    unsigned files = argc == 5 ? (unsigned)strtoul(argv[3], NULL, 10) : 0;
    size_t   bytes = argc == 5 ? strtoul(argv[4], NULL, 10) : 0;
    char    *text = malloc(bytes + 1);
    double   began = now_s();
    int      root = folders && text && mkdir(argv[1], 0700) == 0 ? open(argv[1], O_RDONLY | O_DIRECTORY | O_CLOEXEC) : -1;
    int      bad = root < 0;
    if (text) {
        memset(text, ' ', bytes);
    }
    for (unsigned i = 0; i < folders && !bad; i++) {
        bad = folder_of(root, i, files, text, bytes);
    }
    bad = bad || syncfs(root) != 0;
    free(text);
    if (bad) {
        perror("bench_files FOLDER FOLDERS FILES BYTES");
        return 2;
    }
    printf("{\"seconds\": %.3f, \"cpu_s\": %.3f}\n", now_s() - began, cpu_s());
    return 0;
}
