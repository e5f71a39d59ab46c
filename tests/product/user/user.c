/* What a stranger's program does with the library. Prints the version and a verdict. */
#include <smtpcodes.h>
#include <stdio.h>
#include <string.h>

int main(void)
{
    static const char reply[] = "550 5.1.1 <ann@example.org>: User unknown";
    struct smtpcodes_verdict verdict;
    const struct smtpcodes_code *code = smtpcodes_code_find(SMTPCODES_CODE_MAILBOX_UNAVAILABLE);

    smtpcodes_classify(reply, strlen(reply), &verdict);
    printf("%s %s %d %s %s\n", SMTPCODES_VERSION, smtpcodes_version(), smtpcodes_code_number(code),
           smtpcodes_reason_name(verdict.reason), smtpcodes_action_name((int)verdict.action));
    return 0;
}
