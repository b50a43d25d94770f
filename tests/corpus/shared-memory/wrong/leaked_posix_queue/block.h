#pragma once
#include <atomic>
#include <cerrno>

constexpr int kKey = 5678;
constexpr const char* kQueue = "/answers";
constexpr int kAnswerSize = 16;

struct Block {
  char letters[26];
  char pad[6];
  std::atomic<bool> complete;  // a new segment is zeroed = false
};
