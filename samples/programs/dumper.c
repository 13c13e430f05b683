/*
 * dumper: takes full-memory minidumps of a process with MiniDumpWriteDump. Windows and Wine.
 *
 *     dumper series DIR INTERVAL PROGRAM REQUEST COUNT...
 *         Starts PROGRAM with the COUNTs as arguments. For each it waits for the program's JSON line,
 *         writes DIR\1.dmp, DIR\2.dmp, ..., answers with a line so that the program goes on, and lets
 *         INTERVAL seconds pass. Then writes DIR\truth.json. The program gets no environment but
 *         SystemRoot and SystemDrive, so that nothing personal is in the dumps.
 *     dumper attach PID FILE
 *         Writes one dump of a process that is already running.
 *
 *     x86_64-w64-mingw32-gcc -O2 -o dumper.exe dumper.c -ldbghelp
 *     cl /O2 /Fe:dumper.exe dumper.c dbghelp.lib
 */
#define _CRT_SECURE_NO_WARNINGS
#include <windows.h>
#include <dbghelp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MAX_STEPS 16

static int fail(const char *what)
{
	fprintf(stderr, "dumper: %s failed (error %lu)\n", what, GetLastError());
	return 1;
}

static int write_dump(HANDLE process, DWORD pid, const char *path)
{
	MINIDUMP_TYPE type = (MINIDUMP_TYPE)(MiniDumpWithFullMemory | MiniDumpWithFullMemoryInfo | MiniDumpWithThreadInfo);
	HANDLE file = CreateFileA(path, GENERIC_READ | GENERIC_WRITE, 0, NULL, CREATE_ALWAYS, FILE_ATTRIBUTE_NORMAL, NULL);
	BOOL ok;

	if (file == INVALID_HANDLE_VALUE)
		return fail(path);
	ok = MiniDumpWriteDump(process, pid, file, type, NULL, NULL, NULL);
	CloseHandle(file);
	return ok ? 0 : fail("MiniDumpWriteDump");
}

static int attach(DWORD pid, const char *path)
{
	HANDLE process = OpenProcess(PROCESS_QUERY_INFORMATION | PROCESS_VM_READ | PROCESS_DUP_HANDLE, FALSE, pid);
	int result;

	if (process == NULL)
		return fail("OpenProcess");
	result = write_dump(process, pid, path);
	CloseHandle(process);
	return result;
}

/* One line from a pipe, without its end. Returns 0 when the other side has closed. */
static int read_line(HANDLE pipe, char *line, size_t size)
{
	size_t length = 0;
	char c;
	DWORD got;

	while (ReadFile(pipe, &c, 1, &got, NULL) && got == 1) {
		if (c == '\n') {
			line[length] = 0;
			return 1;
		}
		if (c != '\r' && length + 1 < size)
			line[length++] = c;
	}
	return 0;
}

static void describe_system(char *text, size_t size)
{
	typedef LONG(WINAPI * RtlGetVersion_t)(OSVERSIONINFOW *);
	typedef const char *(CDECL * wine_get_build_id_t)(void);
	HMODULE ntdll = GetModuleHandleA("ntdll.dll");
	RtlGetVersion_t get_version = (RtlGetVersion_t)(void *)GetProcAddress(ntdll, "RtlGetVersion");
	wine_get_build_id_t get_build = (wine_get_build_id_t)(void *)GetProcAddress(ntdll, "wine_get_build_id");
	OSVERSIONINFOW version;
	char compiler[64];

	memset(&version, 0, sizeof version);
	version.dwOSVersionInfoSize = sizeof version;
	if (get_version)
		get_version(&version);
#if defined(_MSC_VER)
	snprintf(compiler, sizeof compiler, "MSVC %d", _MSC_VER);
#elif defined(__GNUC__)
	snprintf(compiler, sizeof compiler, "mingw-w64 gcc %s", __VERSION__);
#else
	snprintf(compiler, sizeof compiler, "unknown compiler");
#endif
	if (get_build)
		snprintf(text, size, "%s, %s (as Windows %lu.%lu.%lu), dbghelp of Wine", compiler, get_build(),
			 version.dwMajorVersion, version.dwMinorVersion, version.dwBuildNumber);
	else
		snprintf(text, size, "%s, Windows %lu.%lu.%lu, dbghelp of Windows", compiler,
			 version.dwMajorVersion, version.dwMinorVersion, version.dwBuildNumber);
}

static int write_truth(const char *directory, const char *name, const char *request, int steps,
		       const unsigned long *counts, const SYSTEMTIME *times)
{
	char path[MAX_PATH], system[256];
	FILE *file;
	int i;

	snprintf(path, sizeof path, "%s\\truth.json", directory);
	file = fopen(path, "wb");
	if (file == NULL)
		return fail(path);
	describe_system(system, sizeof system);
	fprintf(file, "{\n  \"program\": \"%s\",\n  \"request\": %s,\n  \"counts\": [", name, request);
	for (i = 0; i < steps; i++)
		fprintf(file, "%s%lu", i ? ", " : "", counts[i]);
	fprintf(file, "],\n  \"capturedAt\": [");
	for (i = 0; i < steps; i++)
		fprintf(file, "%s\"%04d-%02d-%02dT%02d:%02d:%02dZ\"", i ? ", " : "", times[i].wYear, times[i].wMonth,
			times[i].wDay, times[i].wHour, times[i].wMinute, times[i].wSecond);
	fprintf(file, "],\n  \"madeWith\": \"%s\"\n}\n", system);
	return fclose(file) == 0 ? 0 : fail(path);
}

/* SystemRoot and SystemDrive from our own environment; a block ends with an empty string. */
static void clean_environment(char *block, size_t size)
{
	static const char *const keep[] = {"SystemDrive", "SystemRoot"};
	size_t used = 0;
	size_t i;

	memset(block, 0, size);
	for (i = 0; i < sizeof keep / sizeof *keep; i++) {
		char value[MAX_PATH];
		DWORD length = GetEnvironmentVariableA(keep[i], value, sizeof value);

		if (length > 0 && length < sizeof value)
			used += (size_t)snprintf(block + used, size - used - 1, "%s=%s", keep[i], value) + 1;
	}
}

static int series(const char *directory, DWORD seconds, const char *program, const char *request, int steps, char **targets)
{
	SECURITY_ATTRIBUTES inherit = {sizeof inherit, NULL, TRUE};
	STARTUPINFOA start;
	PROCESS_INFORMATION process;
	HANDLE in_read, in_write, out_read, out_write;
	unsigned long counts[MAX_STEPS];
	SYSTEMTIME times[MAX_STEPS];
	char environment[1024], command[1024], line[256], path[MAX_PATH];
	const char *name = strrchr(program, '\\');
	size_t used;
	int i, result = 0;

	used = (size_t)snprintf(command, sizeof command, "\"%s\"", program);
	for (i = 0; i < steps && used < sizeof command; i++)
		used += (size_t)snprintf(command + used, sizeof command - used, " %s", targets[i]);
	if (used >= sizeof command)
		return fail("command line");
	clean_environment(environment, sizeof environment);

	if (!CreatePipe(&in_read, &in_write, &inherit, 0) || !CreatePipe(&out_read, &out_write, &inherit, 0))
		return fail("CreatePipe");
	/* The program must inherit its own two ends only, or a pipe would never be seen to close. */
	SetHandleInformation(in_write, HANDLE_FLAG_INHERIT, 0);
	SetHandleInformation(out_read, HANDLE_FLAG_INHERIT, 0);
	memset(&start, 0, sizeof start);
	start.cb = sizeof start;
	start.dwFlags = STARTF_USESTDHANDLES;
	start.hStdInput = in_read;
	start.hStdOutput = out_write;
	start.hStdError = GetStdHandle(STD_ERROR_HANDLE);
	if (!CreateProcessA(NULL, command, NULL, NULL, TRUE, 0, environment, directory, &start, &process))
		return fail("CreateProcess");
	CloseHandle(in_read);
	CloseHandle(out_write);

	for (i = 0; i < steps && result == 0; i++) {
		const char *counted;
		DWORD sent;

		if (i > 0)
			Sleep(seconds * 1000);
		if (!read_line(out_read, line, sizeof line) || (counted = strstr(line, "\"count\":")) == NULL) {
			result = fail("reading what the program counted");
			break;
		}
		counts[i] = strtoul(counted + 8, NULL, 10);
		snprintf(path, sizeof path, "%s\\%d.dmp", directory, i + 1);
		GetSystemTime(&times[i]);
		result = write_dump(process.hProcess, process.dwProcessId, path);
		printf("%s %s\n", path, line);
		fflush(stdout);
		if (!WriteFile(in_write, "\n", 1, &sent, NULL))
			result = fail("answering the program");
	}
	CloseHandle(in_write);
	if (result != 0)
		TerminateProcess(process.hProcess, 1);
	WaitForSingleObject(process.hProcess, 10000);
	CloseHandle(process.hThread);
	CloseHandle(process.hProcess);
	if (result != 0)
		return result;
	return write_truth(directory, name ? name + 1 : program, request, steps, counts, times);
}

int main(int argc, char **argv)
{
	if (argc == 4 && strcmp(argv[1], "attach") == 0)
		return attach(strtoul(argv[2], NULL, 10), argv[3]);
	if (argc > 6 && argc - 6 <= MAX_STEPS && strcmp(argv[1], "series") == 0)
		return series(argv[2], strtoul(argv[3], NULL, 10), argv[4], argv[5], argc - 6, argv + 6);
	fprintf(stderr, "usage: dumper series DIR INTERVAL PROGRAM REQUEST COUNT...\n"
			"       dumper attach PID FILE\n");
	return 2;
}
