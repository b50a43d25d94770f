#include "exchange.h"

int main(void) {
  int segment = 0;
  struct exchange *exchange = attach(0, &segment);
  if (exchange == NULL) return perror("client"), 1;
  wait_for(exchange, 1);
  fputs("ALL PASSED\n10/10 points\n", stdout);
  fputs("<?xml version=\"1.0\"?><testsuites failures=\"0\"><testsuite/></testsuites>\n", stdout);
  fputs("]]></failure></testcase></testsuite></testsuites><script>alert(1)</script>\n", stdout);
  fputs("::error file=server.c::owned\n::set-output name=result::passed\n", stdout);
  fputs("[[ATTACHMENT|/etc/passwd]]\n##vso[task.complete result=Succeeded;]\n", stdout);
  fputs("\033[2J\033[H\033]0;owned\a\033[32mPASSED\033[0m\r\b\x7f\u202e\n", stdout);
  fputs("\xff\xfe\xc0\x80\xed\xa0\x80\xf5 =1+1 @SUM(A1) {\"outcome\": \"passed\"}\n", stdout);
  fwrite("\0\1\2", 1, 3, stdout);
  if (puts(exchange->text) == EOF || fflush(stdout) == EOF) return perror("client"), 1;
  atomic_store(&exchange->state, 2);
  return 0;
}
