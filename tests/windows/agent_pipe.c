/* The pipe on which the SSH agent of Windows answers. Behind it is a real agent, whose socket somebody
 * has made a port on loopback: AGENT_PORT. One client after the other, until it is killed. */
#include <winsock2.h>
#include <windows.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

static int read_whole(HANDLE pipe, void *bytes, DWORD length)
{
    char *at = bytes;
    DWORD count;
    for (; length > 0; at += count, length -= count)
        if (!ReadFile(pipe, at, length, &count, NULL) || count == 0)
            return 0;
    return 1;
}

static int receive_whole(SOCKET agent, void *bytes, int length)
{
    char *at = bytes;
    int count;
    for (; length > 0; at += count, length -= count)
        if ((count = recv(agent, at, length, 0)) <= 0)
            return 0;
    return 1;
}

/* Question and answer are a length of four bytes, the highest first, and so many bytes. */
static int exchange(HANDLE pipe, SOCKET agent)
{
    static char message[262144];
    uint32_t length;
    DWORD written;
    if (!read_whole(pipe, message, 4))
        return 0;
    length = ntohl(*(uint32_t *)message);
    if (length > sizeof message - 4 || !read_whole(pipe, message + 4, length))
        return 0;
    send(agent, message, (int)length + 4, 0);
    if (!receive_whole(agent, message, 4))
        return 0;
    length = ntohl(*(uint32_t *)message);
    if (length > sizeof message - 4 || !receive_whole(agent, message + 4, (int)length))
        return 0;
    return WriteFile(pipe, message, length + 4, &written, NULL);
}

int main(void)
{
    WSADATA started;
    struct sockaddr_in address = { .sin_family = AF_INET };
    WSAStartup(MAKEWORD(2, 2), &started);
    address.sin_port = htons((u_short)atoi(getenv("AGENT_PORT")));
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    for (;;) {
        SOCKET agent = socket(AF_INET, SOCK_STREAM, 0);
        HANDLE pipe = CreateNamedPipeA("\\\\.\\pipe\\openssh-ssh-agent", PIPE_ACCESS_DUPLEX, PIPE_TYPE_BYTE | PIPE_WAIT,
                                       PIPE_UNLIMITED_INSTANCES, 65536, 65536, 0, NULL);
        if (pipe == INVALID_HANDLE_VALUE || connect(agent, (struct sockaddr *)&address, sizeof address) != 0)
            return 1;
        puts("ready");
        fflush(stdout);
        if (ConnectNamedPipe(pipe, NULL) || GetLastError() == ERROR_PIPE_CONNECTED)
            while (exchange(pipe, agent))
                ;
        CloseHandle(pipe);
        closesocket(agent);
    }
}
