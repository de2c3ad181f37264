/* A Windows program that answers what somebody on the other side of a connection says: stands in for
 * VBoxManage.exe, vagrant.exe or powershell.exe, by its name. STAND_IN_PORT is the port on loopback.
 * It sends the words of its command line, the program's name first: a count, and of each its length and
 * its UTF-8. The answer is the exit status, the length of the output, the output, and the same of the
 * errors. Numbers have four bytes, the lowest first. */
#include <winsock2.h>
#include <windows.h>
#include <shellapi.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

static SOCKET other;

static void all(int sending, void *bytes, int length)
{
    char *at = bytes;
    while (length > 0) {
        int count = sending ? send(other, at, length, 0) : recv(other, at, length, 0);
        if (count <= 0) {
            fprintf(stderr, "the stand-in has nobody to ask\n");
            exit(99);
        }
        at += count;
        length -= count;
    }
}

static uint32_t number(void)
{
    uint32_t value;
    all(0, &value, sizeof value);
    return value;
}

static void pass_on(DWORD stream)
{
    uint32_t length = number();
    char *bytes = malloc(length + 1);
    DWORD written;
    all(0, bytes, (int)length);
    WriteFile(GetStdHandle(stream), bytes, length, &written, NULL);
}

int main(void)
{
    WSADATA started;
    struct sockaddr_in address = { .sin_family = AF_INET };
    const char *port = getenv("STAND_IN_PORT");
    int count, at;
    wchar_t **words = CommandLineToArgvW(GetCommandLineW(), &count);

    WSAStartup(MAKEWORD(2, 2), &started);
    other = socket(AF_INET, SOCK_STREAM, 0);
    address.sin_port = htons((u_short)atoi(port ? port : "0"));
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (connect(other, (struct sockaddr *)&address, sizeof address) != 0) {
        fprintf(stderr, "the stand-in has nobody to ask\n");
        return 99;
    }
    all(1, &(uint32_t){ count }, 4);
    for (at = 0; at < count; at++) {
        static char word[65536];
        uint32_t length = WideCharToMultiByte(CP_UTF8, 0, words[at], -1, word, sizeof word, NULL, NULL) - 1;
        all(1, &length, 4);
        all(1, word, (int)length);
    }
    uint32_t status = number();
    pass_on(STD_OUTPUT_HANDLE);
    pass_on(STD_ERROR_HANDLE);
    return (int)status;
}
