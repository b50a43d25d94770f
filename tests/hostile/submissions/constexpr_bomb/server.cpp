constexpr long count(long n) {
  long sum = 0;
  for (long i = 0; i < n; ++i) sum += i % 7;
  return sum;
}
static_assert(count(1L << 60) == 0);
int main() {}
