// link_cxx.cpp: the headers and the library serve C++: extern "C" linkage, handlers, constants.

#include <cstdio>
#include <cstring>
#include <string>
#include "visa.h"
#include "vpptype.h"

namespace {

// A function of C++ as a handler: the type must fit without a cast.
ViStatus _VI_FUNCH handler(ViSession, ViEventType, ViEvent, ViAddr)
{
    return VI_SUCCESS;
}

bool expect(const char *what, ViStatus got, ViStatus want)
{
    if (got != want) {
        std::printf("%s is 0x%08lX\n", what, static_cast<unsigned long>(static_cast<ViUInt32>(got)));
    }
    return got == want;
}

} // namespace

int main(int argc, char **argv)
{
    if (argc != 2) {
        return 2;
    }
    const std::string name = argv[1];
    const bool socket = name.find("::SOCKET") != std::string::npos;
    ViSession rm = VI_NULL, vi = VI_NULL;
    ViUInt32 count = 0;
    ViByte answer[256];

    if (!expect("viOpenDefaultRM", viOpenDefaultRM(&rm), VI_SUCCESS)
        || !expect("viOpen", viOpen(rm, name.c_str(), VI_NO_LOCK, 5000, &vi), VI_SUCCESS)
        || !expect("TERMCHAR_EN", viSetAttribute(vi, VI_ATTR_TERMCHAR_EN, VI_TRUE), VI_SUCCESS)) {
        return 1;
    }
    const ViByte ask[] = {'*', 'O', 'P', 'C', '?', '\n'};
    if (!expect("viWrite", viWrite(vi, ask, sizeof ask, &count), VI_SUCCESS)
        || !expect("viRead", viRead(vi, answer, sizeof answer, &count),
                   socket ? VI_SUCCESS_TERM_CHAR : VI_SUCCESS)
        || std::string(reinterpret_cast<char *>(answer), count) != "1\n") {
        return 1;
    }
    // Whether it can be installed is not the point here, only that it may be given.
    (void)viInstallHandler(vi, VI_EVENT_SERVICE_REQ, handler, VI_NULL);
    return expect("viClose", viClose(rm), VI_SUCCESS) ? 0 : 1;
}
