// The same in C++: names of the library that are words of C++ would stop here.
#include <smtpcodes.h>

#include <iostream>
#include <string>

int main()
{
    const std::string reply = "550 5.1.1 <ann@example.org>: User unknown";
    smtpcodes_verdict verdict{};
    const smtpcodes_code *code = smtpcodes_code_find(SMTPCODES_CODE_MAILBOX_UNAVAILABLE);

    smtpcodes_classify(reply.data(), reply.size(), &verdict);
    std::cout << SMTPCODES_VERSION << ' ' << smtpcodes_version() << ' ' << smtpcodes_code_number(code) << ' '
              << smtpcodes_reason_name(verdict.reason) << ' '
              << smtpcodes_action_name(static_cast<int>(verdict.action)) << '\n';
}
