/* digits.h - values of the digits other notations have. */
#ifndef ML_DIGITS_H
#define ML_DIGITS_H

/* 0 to 15, -1 for what is no hexadecimal digit. */
int ml_hex_digit(char c);
/* 0 to 63, of both alphabets ('+' and '-', '/' and '_'); -1 for others, '=' too. */
int ml_base64_digit(char c);

#endif
