/* Holds a bitmap of 24 bits whose rows are padded to four bytes, says that it is there, and waits. */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum { width = 203, height = 150, stride = 612 };

int main(void) {
  unsigned char *pixels = calloc(stride, height);
  for (int y = 0; y < height; y++) {
    for (int x = 0; x < width; x++) {
      unsigned char *pixel = pixels + y * stride + x * 3;
      int noise = (x * 7 + y * 13) % 5;
      int distance = ((x - 90) * (x - 90) + (y - 70) * (y - 70)) / 70;
      pixel[0] = 20 + x + noise;
      pixel[1] = 30 + y + noise;
      pixel[2] = distance > 250 ? 250 : distance;
    }
  }
  printf("%p\n", (void *)pixels);
  fflush(stdout);
  pause();
  return pixels[0];
}
