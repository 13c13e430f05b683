/** Control characters but the newline, bidi and zero-width characters, line separators, halves of pairs. */
export const acting = /(?!\n)[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u;

/** The colours that leakviz itself prints. */
export const sgr = /\p{Cc}\[\d+m/gu;
