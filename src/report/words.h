/* SPDX-License-Identifier: MIT
 *
 * The words of the report: what each enum is called in JSON and in text.
 * They are an API and change only with the number of the schema.
 */
#ifndef NW_WORDS_H
#define NW_WORDS_H

#include "natwitness.h"

const char *word_verdict(enum nw_verdict verdict);
const char *word_class(enum nw_class class_);
const char *word_severity(enum nw_severity severity);
const char *word_direction(enum nw_direction direction);
const char *word_match(enum nw_match_class class_);
const char *word_device(enum nw_device_verdict verdict);
const char *word_claim(enum nw_claim claim);

/* "source NAT" for "nat-snat"; a kind without a phrase is returned as is. */
const char *word_translation(const char *kind);

/* "SYN,ACK" for 0x12; "" for none. */
#define FLAGS_TEXT 32
char *word_flags(uint8_t flags, char text[FLAGS_TEXT]);

#endif
