@echo off
rem Makes the Windows sample series on Windows itself: samples\windows-65535, windows-255 and windows-63,
rem each three full-memory minidumps of one process without the pages of its DLLs, and truth.json with
rem what the program counted itself.
rem
rem     samples\make-windows.cmd [REQUEST...]      e.g. samples\make-windows.cmd 65535
rem
rem Needs cl (run it from a developer command prompt) or the gcc of mingw-w64; compresses with zstd if it
rem is found. INTERVAL=30 sets the seconds between two dumps. The programs run in a folder of the public
rem user, whose path names nobody: a dump carries the path of its program.
setlocal
if not defined INTERVAL set "INTERVAL=30"
set "here=%~dp0"
set "work=%PUBLIC%\leakviz-samples"
set "compiler="
set "zstd="
for %%x in (gcc.exe) do if not "%%~$PATH:x"=="" set "compiler=gcc"
for %%x in (cl.exe) do if not "%%~$PATH:x"=="" set "compiler=cl"
for %%x in (zstd.exe) do if not "%%~$PATH:x"=="" set "zstd=zstd"
if not defined compiler (
	echo neither cl nor gcc is in the PATH 1>&2
	exit /b 1
)
set "requests=%*"
if not defined requests set "requests=65535 255 63"

if exist "%work%" rmdir /s /q "%work%"
mkdir "%work%"
set "failed="
call :compile dumper.exe dumper.c "" dbghelp
if not exist "%work%\dumper.exe" set "failed=1"
call :compile strip-images.exe strip-images.c
if not exist "%work%\strip-images.exe" set "failed=1"
for %%r in (%requests%) do if not defined failed call :series %%r
rmdir /s /q "%work%"
if defined failed (
	echo failed 1>&2
	exit /b 1
)
exit /b 0

rem :compile OUTPUT SOURCE "OPTION" LIBRARY
:compile
if "%compiler%"=="cl" (
	if "%~4"=="" (
		cl /nologo /O2 %~3 "/Fo%work%\\" "/Fe%work%\%~1" "%here%programs\%~2"
	) else (
		cl /nologo /O2 %~3 "/Fo%work%\\" "/Fe%work%\%~1" "%here%programs\%~2" %~4.lib
	)
) else (
	if "%~4"=="" (
		gcc -O2 -s %~3 -o "%work%\%~1" "%here%programs\%~2"
	) else (
		gcc -O2 -s %~3 -o "%work%\%~1" "%here%programs\%~2" -l%~4
	)
)
exit /b

rem :series REQUEST
:series
rem Growth of about 7, 17 and 32 MB, overhead of the allocator included.
set "counts="
if "%1"=="65535" set "counts=107 259 488"
if "%1"=="255" set "counts=25700 62500 117600"
if "%1"=="63" set "counts=87500 212500 400000"
if not defined counts (
	echo no counts are set for a request of %1 bytes 1>&2
	set "failed=1"
	exit /b 1
)
set "out=%here%build\windows-%1"
if exist "%out%" rmdir /s /q "%out%"
mkdir "%out%"
call :compile leak-%1.exe leak.c "-DREQUEST=%1"
"%work%\dumper.exe" series "%work%" %INTERVAL% "%work%\leak-%1.exe" %1 %counts%
if errorlevel 1 set "failed=1"
for %%i in (1 2 3) do if not defined failed call :finish %%i
if defined failed exit /b 1
move /y "%work%\truth.json" "%out%\truth.json" >nul
if exist "%here%windows-%1" rmdir /s /q "%here%windows-%1"
move "%out%" "%here%windows-%1" >nul
if not exist "%here%windows-%1\truth.json" set "failed=1"
exit /b

rem :finish NUMBER
:finish
"%work%\strip-images.exe" "%work%\%1.dmp" "%out%\%1.dmp"
if errorlevel 1 set "failed=1"
del "%work%\%1.dmp"
if defined zstd zstd -19 --quiet --rm "%out%\%1.dmp"
exit /b
