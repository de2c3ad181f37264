/* script(1) as Enterprise Linux 6 and 7 have it, as far as it matters here: it ends at the end of its
 * input, takes the terminal's settings from an input that may be none, and never tells the status of
 * its command. */
#include <errno.h>
#include <fcntl.h>
#include <pty.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>
#include <utmp.h>

static volatile sig_atomic_t ended;
static pid_t child;

static void finish(int number)
{
    int status;
    pid_t process;
    (void)number;
    while ((process = waitpid(-1, &status, WNOHANG)) > 0)
        if (process == child)
            ended = 1;
}

static void copy(int from, int to, int ends)
{
    char buffer[1024];
    ssize_t count;
    while (!ended || !ends) {
        if (ended && !ends)
            fcntl(from, F_SETFL, O_NONBLOCK);
        count = read(from, buffer, sizeof buffer);
        if (count < 0 && errno == EINTR && !ends)
            continue;
        if (count <= 0 || write(to, buffer, count) < 0)
            break;
    }
}

int main(int count, char **words)
{
    struct termios settings, raw;
    struct sigaction action;
    sigset_t block, before;
    const char *command = NULL, *shell = getenv("SHELL");
    int option, master, slave;

    while ((option = getopt(count, words, "ac:fqt")) != -1)
        if (option == 'c')
            command = optarg;
        else if (option == '?')
            return 1;
    if (command == NULL || shell == NULL)
        return 1;
    tcgetattr(0, &settings);
    if (openpty(&master, &slave, NULL, &settings, NULL) < 0)
        return 1;
    raw = settings;
    cfmakeraw(&raw);
    tcsetattr(0, TCSANOW, &raw);
    memset(&action, 0, sizeof action);
    action.sa_handler = finish;
    sigaction(SIGCHLD, &action, NULL);
    sigemptyset(&block);
    sigaddset(&block, SIGCHLD);

    sigprocmask(SIG_BLOCK, &block, &before);
    child = fork();
    if (child > 0) {
        sigprocmask(SIG_SETMASK, &before, NULL);
        copy(0, master, 1);
        tcsetattr(0, TCSADRAIN, &settings);
        return 0;
    }
    child = fork();
    sigprocmask(SIG_SETMASK, &before, NULL);
    if (child > 0) {
        close(0);
        close(slave);
        copy(master, 1, 0);
        return 0;
    }
    close(master);
    login_tty(slave);
    execl(shell, "sh", "-c", command, (char *)NULL);
    return 1;
}
