/* SPDX-License-Identifier: MIT
 *
 * The commands. Each is given the arguments behind its name and returns the
 * exit code.
 */
#ifndef NW_CMD_H
#define NW_CMD_H

/* Exit code of trouble: usage, files, memory. 0, 1 and 3 are verdicts. */
#define EXIT_TROUBLE 2

int cmd_audit(int argc, char **argv);
int cmd_explain(int argc, char **argv);

#endif
