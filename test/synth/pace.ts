/** For drawing without a break. */
export const pace = async () => {};
