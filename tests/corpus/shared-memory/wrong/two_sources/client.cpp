#include <sys/shm.h>

#include <atomic>
#include <chrono>
#include <iostream>
#include <thread>

struct Data {
	std::atomic<int> turn;
	char text[27];
};

int main()
{
	const int id = shmget(5678, sizeof(Data), 0);
	if (id < 0) {
		std::cerr << "shmget\n";
		return 1;
	}
	auto* data = static_cast<Data*>(shmat(id, nullptr, 0));
	while (data->turn != 1)
		std::this_thread::sleep_for(std::chrono::milliseconds(1));
	std::cout << data->text << std::endl;
	data->turn = 2;
}
